namespace Llumnix.Deploy.Tests.Images;

/// <summary>What the images add to their base, laid out once, when it is first asked for, from a build context of its own. Nobody may write to it.</summary>
public sealed class PublishedTree : IDisposable
{
    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const string Gateway = "gateway";
    private readonly TemporaryFolder _folder = new();

    private readonly Lazy<Task<string>> _root;

    public PublishedTree() => _root = new Lazy<Task<string>>(LayOutAsync);

    /// <summary>The root of the tree of scheduler and engine.</summary>
    public Task<string> GetRootAsync() => _root.Value;

    /// <summary>The root of the tree of an image; that of the gateway is one of its own, since its program has the name of the engine's.</summary>
    public async Task<string> GetRootAsync(string image) =>
        image == Gateway ? Path.Combine(Path.GetDirectoryName(await _root.Value)!, Gateway) : await _root.Value;

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<string> LayOutAsync()
    {
        string root = Path.Combine(_folder.Root, "tree");
        string source = Path.Combine(_folder.Root, "source");
        BuildContext.CopyTo(source);
        string gateway = Path.Combine(_folder.Root, Gateway);
        await Command.RunAsync(Path.Combine(source, "deploy/images/layout.sh"), [root], _folder.Root);
        await Command.RunAsync(Path.Combine(source, "deploy/images/layout.sh"), [gateway, Gateway], _folder.Root);
        foreach (string path in new[] { root, gateway }.SelectMany(tree => Directory.EnumerateFileSystemEntries(tree, "*", SearchOption.AllDirectories).Append(tree)))
        {
            if (new FileInfo(path).LinkTarget is null)
            {
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) & ~Writable);
            }
        }

        return root;
    }
}
