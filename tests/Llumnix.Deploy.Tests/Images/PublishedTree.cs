namespace Llumnix.Deploy.Tests.Images;

/// <summary>
/// What the images add to their base, laid out once, when it is first asked for, from a build context of its own. Nobody may write to it. Other tests may build of
/// the same context, one at a time; what the layout has compiled is there already.
/// </summary>
public sealed class PublishedTree : IDisposable
{
    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const string Gateway = "gateway";
    private readonly TemporaryFolder _folder = new();

    private readonly SemaphoreSlim _oneBuild = new(1);

    private readonly Lazy<Task<string>> _root;

    public PublishedTree() => _root = new Lazy<Task<string>>(LayOutAsync);

    /// <summary>The root of the tree of scheduler and engine.</summary>
    public Task<string> GetRootAsync() => _root.Value;

    /// <summary>The root of the tree of an image; that of the gateway is one of its own, since its program has the name of the engine's.</summary>
    public async Task<string> GetRootAsync(string image) =>
        image == Gateway ? Path.Combine(Path.GetDirectoryName(await _root.Value)!, Gateway) : await _root.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        _oneBuild.Dispose();
        _folder.Dispose();
    }

    /// <summary>Runs a program in the build context while nothing else builds there, with the layout's folder of compiled files as <c>ARTIFACTS</c>.</summary>
    internal async Task<CommandResult> BuildAsync(string program, Func<string, IEnumerable<string>> argumentsForArtifacts)
    {
        await _root.Value;
        await _oneBuild.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await TryInSourceAsync(program, argumentsForArtifacts(Artifacts));
        }
        finally
        {
            _oneBuild.Release();
        }
    }

    private string Source => Path.Combine(_folder.Root, "source");

    private string Artifacts => Path.Combine(_folder.Root, "artifacts");

    private Task<CommandResult> TryInSourceAsync(string program, IEnumerable<string> arguments) =>
        Command.TryAsync("env", [$"ARTIFACTS={Artifacts}", program, .. arguments], Source);

    private async Task<string> LayOutAsync()
    {
        string root = Path.Combine(_folder.Root, "tree");
        BuildContext.CopyTo(Source);
        string gateway = Path.Combine(_folder.Root, Gateway);
        foreach (string[] arguments in (string[][])[[root], [gateway, Gateway]])
        {
            CommandResult result = await TryInSourceAsync("deploy/images/layout.sh", arguments);
            Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        }

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
