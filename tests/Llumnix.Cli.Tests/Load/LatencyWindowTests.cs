using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Load;

public sealed class LatencyWindowTests
{
    private readonly LatencyWindow _window = new();

    [Fact]
    public void Summarize_WithinTenSeconds_HoldsEveryLatency()
    {
        _window.Record(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        _window.Record(TimeSpan.FromSeconds(9.5), TimeSpan.FromSeconds(3));

        LatencySummary summary = _window.Summarize(TimeSpan.FromSeconds(9.9));
        Assert.Equal((2, TimeSpan.FromSeconds(2)), (summary.Count, summary.Mean));
    }

    [Fact]
    public void Summarize_AfterTenSeconds_HasLostTheOldestSlice()
    {
        _window.Record(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        _window.Record(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3));

        LatencySummary summary = _window.Summarize(TimeSpan.FromSeconds(10.1));
        Assert.Equal((1, TimeSpan.FromSeconds(3)), (summary.Count, summary.Mean));
    }

    [Fact]
    public void Summarize_AfterALongPause_IsEmpty()
    {
        _window.Record(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));

        Assert.Equal(LatencySummary.None, _window.Summarize(TimeSpan.FromHours(10)));
    }
}
