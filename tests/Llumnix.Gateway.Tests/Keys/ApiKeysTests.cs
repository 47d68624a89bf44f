using System.Text;
using Llumnix.Gateway.Keys;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Keys;

public sealed class ApiKeysTests : IDisposable
{
    private readonly KeyFile _file = new();
    private readonly RecordingLogger<ApiKeys> _log = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("Bearer secret", true)]
    [InlineData("bearer  secret ", true)]
    [InlineData("secret", false)]
    [InlineData("Basic secret", false)]
    [InlineData("Bearer secre", false)]
    [InlineData("Bearer secrets", false)]
    [InlineData("Bearer ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Find_Header_OnlyTheKeyAsABearerToken(string? header, bool isFound)
    {
        ApiKeys keys = Read(KeyFile.Entry("other"), KeyFile.Entry("secret", ",\"max_priority\":3"));
        ApiKey? key = keys.Find(header);
        Assert.Equal(isFound, key is not null);
        Assert.Equal(isFound ? 3 : null, key?.MaxPriority);
    }

    [Fact]
    public void Find_SeveralOrLongHeaders_IsNone()
    {
        ApiKeys keys = Read(KeyFile.Entry("secret"));
        Assert.Null(keys.Find(new StringValues(["Bearer secret", "Bearer secret"])));
        Assert.Null(keys.Find("Bearer " + new string('é', 100_000)));
        Assert.Null(keys.Find("Bearer " + new string('é', 505)));
    }

    [Fact]
    public void Refresh_FileChanges_NewKeysCountAndWhatWasTakenStaysTaken()
    {
        const string one = ",\"requests_per_minute\":1";
        ApiKeys keys = Read(KeyFile.Entry("a", one), KeyFile.Entry("b"));
        Assert.True(keys.Find("Bearer a")!.Requests!.TryTake(1, out _));
        _file.Write(KeyFile.Entry("a", one + ",\"max_priority\":2"), KeyFile.Entry("c"));
        keys.Refresh();
        keys.Refresh();
        Assert.Null(keys.Find("Bearer b"));
        Assert.NotNull(keys.Find("Bearer c"));
        Assert.Equal(2, keys.Find("Bearer a")!.MaxPriority);
        Assert.False(keys.Find("Bearer a")!.Requests!.TryTake(1, out _));
        _file.Write(KeyFile.Entry("a", ",\"requests_per_minute\":2"));
        keys.Refresh();
        Assert.True(keys.Find("Bearer a")!.Requests!.TryTake(1, out _));
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public void Refresh_FileIsBadOrGone_LastGoodKeysStayAndItIsToldOnce()
    {
        ApiKeys keys = Read(KeyFile.Entry("secret"));
        _file.WriteText("""{"keys":[{"name":"hunter2","sha256":"hunter2"}]}""");
        keys.Refresh();
        keys.Refresh();
        Assert.NotNull(keys.Find("Bearer secret"));
        Assert.Contains("keys[0]", Assert.Single(_log.Lines), StringComparison.Ordinal);
        File.Delete(_file.Path);
        keys.Refresh();
        keys.Refresh();
        Assert.Equal(2, _log.Lines.Count);
        Assert.NotNull(keys.Find("Bearer secret"));
        Assert.DoesNotContain(_log.Lines, static line => line.Contains("hunter2", StringComparison.Ordinal));
        _file.Write(KeyFile.Entry("new"));
        keys.Refresh();
        Assert.NotNull(keys.Find("Bearer new"));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("null", "'keys' is missing")]
    [InlineData("{}", "'keys' is missing")]
    [InlineData("""{"keys":[null]}""", "keys[0]")]
    [InlineData("""{"keys":[{"sha256":"hunter2"}]}""", "'name'")]
    [InlineData("""{"keys":[{"name":"a","sha256":"hunter2"}]}""", "'sha256'")]
    [InlineData("""{"keys":[{"name":"a"}]}""", "'sha256'")]
    [InlineData("""{"keys":[{"name":"a","sha256":"hunter2-------------------------------------------------------hu"}]}""", "'sha256'")]
    [InlineData("""{"keys":[{"name":"a","hunter2":"1"}]}""", "line 1")]
    [InlineData("""{"keys":[{"name":"a","sha256":"0000000000000000000000000000000000000000000000000000000000000000","max_priority":10}]}""", "'max_priority'")]
    [InlineData("""{"keys":[{"name":"a","sha256":"0000000000000000000000000000000000000000000000000000000000000000","requests_per_minute":-1}]}""", "'requests_per_minute'")]
    public void Read_BadFile_TellsThePlaceAndNothingOfItsContent(string text, string place)
    {
        ApiKeyFileException exception = Assert.Throws<ApiKeyFileException>(
            () => ApiKeySet.Read(Encoding.UTF8.GetBytes(text), previous: null, _time));
        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("--api-key-file", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SameNameOrHashTwice_IsRefused()
    {
        Assert.Throws<ApiKeyFileException>(() => Read(KeyFile.Entry("a"), KeyFile.Entry("a")));
        Assert.Throws<ApiKeyFileException>(() => Read(KeyFile.Entry("a"), KeyFile.Entry("a").Replace(KeyFile.NameOf("a"), "other", StringComparison.Ordinal)));
        Assert.Throws<ApiKeyFileException>(() => new ApiKeys(_file.Path + ".missing", _time, _log));
    }

    private ApiKeys Read(params string[] entries) => new(_file.Write(entries).Path, _time, _log);
}
