using System.CommandLine;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Tests.Options;

public sealed class OutputFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>As the shell: what the link names is made, here only when the output is written.</summary>
    [Fact]
    public async Task Check_LinkToAFileThatIsNotThereYet_IsAcceptedAndMadeWhenWritten()
    {
        string link = Link("link", "new.json");
        string linkToLink = Link("second", "link");
        Assert.Empty(Check(link));
        Assert.Empty(Check(linkToLink));
        Assert.False(File.Exists(In("new.json")));

        await OutputFile.WriteAsync("--json", linkToLink, "text");
        Assert.Equal("text", await File.ReadAllTextAsync(In("new.json"), TestContext.Current.CancellationToken));
        Assert.Empty(Check(link));
    }

    [Fact]
    public void Check_LinkIntoAFolderThatIsNotThere_NamesTheFolder() =>
        Assert.Equal([$"--json: there is no folder {In("nowhere")}"], Check(Link("link", "nowhere/new.json")));

    [Fact]
    public void Check_LinkToItself_IsRefused()
    {
        Link("link", "link");
        Assert.Contains("symbolic links", Assert.Single(Check(In("link"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_FileThatIsThere_KeepsItsContent()
    {
        File.WriteAllText(In("old.json"), "old");
        Assert.Empty(Check(In("old.json")));
        Assert.Empty(Check(Link("link", "old.json")));
        Assert.Equal("old", File.ReadAllText(In("old.json")));
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private string Link(string name, string target)
    {
        File.CreateSymbolicLink(In(name), target);
        return In(name);
    }

    private static string[] Check(string path)
    {
        var root = new RootCommand { OutputFile.CreateOption("--json", "Output.") };
        return [.. root.Parse(["--json", path]).Errors.Select(static error => error.Message)];
    }
}
