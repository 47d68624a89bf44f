namespace Llumnix.Deploy.Tests.Images;

/// <summary>The tree of both images, laid out once from a build context of its own, and nobody may write to it.</summary>
public sealed class PublishedTree : IAsyncLifetime
{
    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private readonly TemporaryFolder _folder = new();

    /// <summary>The tree's root.</summary>
    public string Root => Path.Combine(_folder.Root, "tree");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string source = Path.Combine(_folder.Root, "source");
        BuildContext.CopyTo(source);
        await Command.RunAsync(Path.Combine(source, "deploy/images/layout.sh"), [Root], _folder.Root);
        foreach (string path in Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Append(Root))
        {
            if (new FileInfo(path).LinkTarget is null)
            {
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) & ~Writable);
            }
        }
    }

    /// <summary>Bytes in the files below a folder of the tree.</summary>
    public long SizeOf(string path) => new DirectoryInfo(Path.Combine(Root, path))
        .EnumerateFiles("*", SearchOption.AllDirectories)
        .Sum(file => file.Length);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
