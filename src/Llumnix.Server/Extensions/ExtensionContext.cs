using System.Reflection;
using System.Runtime.Loader;
using Llumnix.Scheduling.Extensions;

namespace Llumnix.Server.Extensions;

/// <summary>
/// Loads an extension and what it depends on. What the program has is the program's for both, so that they share its types; the rest, and what is newer
/// than in the program, comes from the folder of the extension, and two extensions may bring different versions of it.
/// </summary>
/// <param name="path">The full path of the extension's assembly.</param>
internal sealed class ExtensionContext(string path) : AssemblyLoadContext(Path.GetFileName(path))
{
    private static readonly string Core = typeof(ISchedulerExtension).Assembly.GetName().Name!;

    private readonly AssemblyDependencyResolver _resolver = new(path);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        try
        {
            return Default.LoadFromAssemblyName(assemblyName);
        }
        catch (Exception exception) when (exception is FileNotFoundException or FileLoadException && assemblyName.Name != Core)
        {
            return _resolver.ResolveAssemblyToPath(assemblyName) is { } dependency ? LoadFromAssemblyPath(dependency) : null;
        }
    }
}
