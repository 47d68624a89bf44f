namespace Llumnix.Deploy.Tests;

/// <summary>A folder that everybody may look into, gone at dispose.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public TemporaryFolder() => File.SetUnixFileMode(Root, ReadableByAll);

    /// <summary>Its path.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("llumnix-deploy-").FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string folder in Directory.EnumerateDirectories(Root, "*", SearchOption.AllDirectories).Append(Root))
        {
            File.SetUnixFileMode(folder, ReadableByAll);
        }

        Directory.Delete(Root, recursive: true);
    }
}
