using Llumnix.Adapters.Secrets;
using Llumnix.Testing.Logging;

namespace Llumnix.Adapters.Tests.Secrets;

public sealed class EngineKeyTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly RecordingLogger<EngineKey> _log = new();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Refresh_FileChanges_TheNewKeyIsSentAndAnUnusableOneIsNot()
    {
        File.WriteAllText(_path, "first\n");
        var key = new EngineKey(_path, TimeProvider.System, _log);
        Assert.Equal("Bearer first", key.Authorization);
        key.Refresh();
        Assert.Empty(_log.Lines);

        File.WriteAllText(_path, "second");
        key.Refresh();
        Assert.Equal("Bearer second", key.Authorization);

        File.WriteAllText(_path, "two words");
        key.Refresh();
        key.Refresh();
        File.Delete(_path);
        key.Refresh();
        key.Refresh();
        Assert.Equal("Bearer second", key.Authorization);
        Assert.Equal(
            [
                "Information: The file of the engines' API key has changed: the new key is sent from now on",
                "Error: The file of the engines' API key has changed and cannot be used (the file must hold one API key of printable ASCII characters, and nothing else); the last good key stays",
                "Error: The file of the engines' API key has changed and cannot be used (there is no such file); the last good key stays",
            ],
            _log.Lines);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("\n", "the file is empty")]
    [InlineData("käse", "printable ASCII")]
    [InlineData("a\nb", "one API key")]
    public void FindProblem_NoKey_IsToldWithoutTheContent(string content, string problem)
    {
        File.WriteAllText(_path, content);
        string? found = EngineKey.FindProblem(_path);
        Assert.Contains(problem, found, StringComparison.Ordinal);
        Assert.DoesNotContain("käse", found, StringComparison.Ordinal);
    }

    [Fact]
    public void FindProblem_LongFile_IsRefused()
    {
        File.WriteAllText(_path, new string('a', 10_000));
        Assert.Equal($"the file \"{_path}\" cannot be read: it is longer than 8192 bytes", EngineKey.FindProblem(_path));
    }

    [Fact]
    public void FindProblem_NoFile_IsNone() => Assert.Null(EngineKey.FindProblem(""));
}
