using Llumnix.Gateway.Health;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Health;

public sealed class RestingEnginesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<RestingEngines> _log = new();

    [Fact]
    public void Current_AfterRefusals_RestsLongerEachTime()
    {
        var engines = new RestingEngines(TimeSpan.FromSeconds(5), _time, _log);
        engines.OnRefused("a");
        Assert.Equal(["a"], engines.Current());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(engines.Current());
        engines.OnRefused("a");
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(["a"], engines.Current());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(engines.Current());
    }

    [Fact]
    public void Current_AfterAnAnswer_IsEmpty()
    {
        var engines = new RestingEngines(TimeSpan.FromSeconds(5), _time, _log);
        engines.OnRefused("a");
        engines.OnAnswered("a");
        Assert.Empty(engines.Current());
    }

    [Fact]
    public void Log_HasALinePerChange()
    {
        var engines = new RestingEngines(TimeSpan.FromSeconds(5), _time, _log);
        engines.OnAnswered("a");
        engines.OnRefused("a");
        engines.OnRefused("a");
        engines.OnAnswered("a");
        engines.OnAnswered("a");
        Assert.Equal(
            [
                "Warning: Engine a refuses connections; it gets no requests for 5 s, and longer while that goes on",
                "Information: Engine a answers again",
            ],
            _log.Lines);
    }

    [Fact]
    public void OnRefused_EnginesAreReadToo_LinesForDebuggingAlone()
    {
        var engines = new RestingEngines(TimeSpan.FromSeconds(5), _time, _log, areEnginesRead: true);
        engines.OnRefused("a");
        engines.OnAnswered("a");
        Assert.Equal(2, _log.Lines.Count);
        Assert.All(_log.Lines, static line => Assert.StartsWith("Debug: Engine a ", line, StringComparison.Ordinal));
    }
}
