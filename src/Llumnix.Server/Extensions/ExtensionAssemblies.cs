using System.Reflection;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Scheduling.Extensions;

namespace Llumnix.Server.Extensions;

/// <summary>Loads the assemblies that <c>--extension-assemblies</c> names. An assembly is loaded once and stays for the life of the process. Thread-safe.</summary>
internal static class ExtensionAssemblies
{
    /// <summary>How the full name of the core's assembly begins.</summary>
    private const string Core = "Llumnix.Scheduling,";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Type[]> Loaded = new(StringComparer.Ordinal);

    /// <summary>Loads assemblies and gathers what they add.</summary>
    /// <param name="paths">Their paths, from the working directory.</param>
    /// <returns>A set of its own for each call; empty without paths.</returns>
    /// <exception cref="ExtensionException">Some of them cannot be used; the message has a line for each.</exception>
    public static SchedulerExtensions Load(IReadOnlyList<string> paths)
    {
        var extensions = new SchedulerExtensions();
        var problems = new List<ExtensionException>();
        for (int i = 0; i < paths.Count; i++)
        {
            string assembly = Describe(paths, i);
            try
            {
                Register(FindTypes(paths[i], assembly), extensions, assembly);
            }
            catch (ExtensionException exception)
            {
                problems.Add(exception);
            }
        }

        return problems.Count == 0 ? extensions : throw new ExtensionException(string.Join('\n', problems.Select(static problem => problem.Message)), problems[0]);
    }

    /// <summary>What messages call an assembly: its path where it looks like one. Another text may be a secret that was given to the option by mistake.</summary>
    private static string Describe(IReadOnlyList<string> paths, int i) =>
        paths[i].EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? $"the assembly {string.Concat(paths[i].Select(static c => char.IsControl(c) ? ' ' : c))}"
        : paths.Count == 1 ? "the assembly that it names"
        : FormattableString.Invariant($"assembly {i + 1} that it names");

    /// <summary>Has each of the types add what it has.</summary>
    /// <param name="types">Types that implement <see cref="ISchedulerExtension"/>.</param>
    /// <param name="extensions">Receives what they add.</param>
    /// <param name="assembly">What messages call their assembly.</param>
    /// <exception cref="ExtensionException">There are no types, one cannot be made, or one throws.</exception>
    internal static void Register(IReadOnlyCollection<Type> types, SchedulerExtensions extensions, string assembly)
    {
        if (types.Count == 0)
        {
            throw new ExtensionException(
                $"{assembly} has no public class that implements {typeof(ISchedulerExtension).FullName} and has a constructor without parameters");
        }

        foreach (Type type in types)
        {
            try
            {
                ((ISchedulerExtension)Activator.CreateInstance(type)!).Register(extensions);
            }
            catch (Exception exception)
            {
                // Code of others: whatever it throws, the program says so and does not start.
                Exception cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
                throw new ExtensionException($"{type.FullName} of {assembly} cannot be used: {Describe(cause)}", cause);
            }
        }
    }

    /// <summary>An exception of an extension, for a message on one line.</summary>
    internal static string Describe(Exception exception) => $"{exception.GetType().Name}: {Quoted.Plain(exception.Message)}";

    private static Type[] FindTypes(string path, string assembly)
    {
        try
        {
            string fullPath = Path.GetFullPath(path);
            if (!File.Exists(fullPath))
            {
                throw new ExtensionException($"{assembly} does not exist");
            }

            lock (Gate)
            {
                if (!Loaded.TryGetValue(fullPath, out Type[]? types))
                {
                    types = [.. new ExtensionContext(fullPath).LoadFromAssemblyPath(fullPath).GetExportedTypes().Where(IsExtension)];
                    Loaded[fullPath] = types;
                }

                return types;
            }
        }
        catch (BadImageFormatException exception)
        {
            throw new ExtensionException($"{assembly} is no .NET assembly for this platform", exception);
        }
        catch (Exception exception) when (NeededBy(exception) is { } needed)
        {
            throw new ExtensionException(
                needed.StartsWith(Core, StringComparison.Ordinal)
                    ? $"{assembly} was built for another version of the scheduler: {Quoted.Plain(needed)}"
                    : $"{assembly} needs {Quoted.Plain(needed)}, which cannot be loaded from the program or from beside it",
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException
            or InvalidOperationException or TypeLoadException)
        {
            throw new ExtensionException($"{assembly} cannot be loaded: {exception.GetType().Name}", exception);
        }
    }

    /// <summary>The assembly that was not found, or not in the version that was asked for; null for any other failure.</summary>
    private static string? NeededBy(Exception exception) => (exception as FileNotFoundException)?.FileName ?? (exception as FileLoadException)?.FileName;

    private static bool IsExtension(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && typeof(ISchedulerExtension).IsAssignableFrom(type)
        && type.GetConstructor(Type.EmptyTypes) is not null;
}
