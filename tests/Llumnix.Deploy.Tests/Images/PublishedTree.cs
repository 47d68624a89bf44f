namespace Llumnix.Deploy.Tests.Images;

/// <summary>The tree of both images, laid out once, when it is first asked for, from a build context of its own. Nobody may write to it.</summary>
public sealed class PublishedTree : IDisposable
{
    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private readonly TemporaryFolder _folder = new();

    private readonly Lazy<Task<string>> _root;

    public PublishedTree() => _root = new Lazy<Task<string>>(LayOutAsync);

    /// <summary>The tree's root.</summary>
    public Task<string> GetRootAsync() => _root.Value;

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<string> LayOutAsync()
    {
        string root = Path.Combine(_folder.Root, "tree");
        string source = Path.Combine(_folder.Root, "source");
        BuildContext.CopyTo(source);
        await Command.RunAsync(Path.Combine(source, "deploy/images/layout.sh"), [root], _folder.Root);
        foreach (string path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Append(root))
        {
            if (new FileInfo(path).LinkTarget is null)
            {
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) & ~Writable);
            }
        }

        return root;
    }
}
