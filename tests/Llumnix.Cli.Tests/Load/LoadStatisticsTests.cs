using Llumnix.Cli.Load;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Load;

public sealed class LoadStatisticsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LoadStatistics _statistics;

    public LoadStatisticsTests() => _statistics = new(_time);

    [Fact]
    public void ToResult_Nothing_IsAllZero()
    {
        LoadResult result = _statistics.ToResult();

        Assert.Equal((0, 0, 0, 0), (result.Sent, result.Completed, result.Failed, result.CutOff));
        Assert.Equal((0.0, 0.0), (result.RequestsPerSecond, result.TokensPerSecond));
        Assert.Equal(LatencySummary.None, result.Ttft);
    }

    [Fact]
    public void ToResult_OneOfEachEnd_CountsEach()
    {
        _time.Advance(TimeSpan.FromSeconds(100));
        _statistics.OnStarted();
        RequestTimeline served = Send(tokens: 3);
        RequestTimeline waiting = Send(tokens: 5);
        RequestTimeline streaming = Send(tokens: 5);
        Send(tokens: 5);
        _statistics.OnFailed(FailureKind.QueueFull);
        _time.Advance(TimeSpan.FromSeconds(1));
        Receive(served, 1);
        Receive(streaming, 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Receive(served, 2);
        _statistics.OnCompleted(served);
        _time.Advance(TimeSpan.FromSeconds(2));
        _statistics.OnCutOff(waiting);
        _statistics.OnCutOff(streaming);

        LoadResult result = _statistics.ToResult();

        Assert.Equal((4, 1, 1, 2, 1), (result.Sent, result.Completed, result.Failed, result.CutOff, result.CutOffBeforeFirstToken));
        Assert.Equal(1, result.Failures[FailureKind.QueueFull]);
        Assert.Equal((TimeSpan.FromSeconds(4), 0.25, 0.75), (result.Elapsed, result.RequestsPerSecond, result.TokensPerSecond));
        Assert.Equal((3, TimeSpan.FromSeconds(2)), (result.Ttft.Count, result.Ttft.Mean)); // 1 s, 1 s, and 4 s at least
        Assert.Equal((1, TimeSpan.FromSeconds(0.5)), (result.Tpot.Count, result.Tpot.P50));
        Assert.Equal((1, TimeSpan.FromSeconds(2)), (result.EndToEnd.Count, result.EndToEnd.P50));
    }

    [Fact]
    public void Snapshot_Later_ShowsTheLastTenSecondsOnly()
    {
        for (int i = 0; i < 30; i++)
        {
            Receive(Send(tokens: 1), 1);
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }

        LoadSnapshot snapshot = _statistics.Snapshot();
        Assert.Equal((30, 30, 0), (snapshot.Sent, snapshot.Open, snapshot.Failed));
        Assert.Equal(TimeSpan.FromSeconds(15), snapshot.Elapsed);
        Assert.Equal(18, snapshot.Ttft.Count); // nine whole slices, and the one that has just begun
        Assert.Equal(2, snapshot.RequestsPerSecond, precision: 9);
    }

    [Fact]
    public void ToResult_Duration_RequestsCountInThePartInWhichTheyWereDue()
    {
        var statistics = new LoadStatistics(_time) { Duration = TimeSpan.FromSeconds(10), Targets = new LatencyTargets(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)) };
        var early = new RequestTimeline(_time, _time.GetTimestamp(), 1);
        statistics.OnSent(early);
        _time.Advance(TimeSpan.FromSeconds(9));
        var late = new RequestTimeline(_time, _time.GetTimestamp() - TimeSpan.FromSeconds(0.5).Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond, 1);
        statistics.OnSent(late);
        foreach (RequestTimeline timeline in (RequestTimeline[])[early, late])
        {
            timeline.OnTokens(1);
            statistics.OnFirstToken(timeline);
            statistics.OnCompleted(timeline);
        }

        LoadResult result = statistics.ToResult();
        Assert.Equal([1, 0, 0, 0, 0, 1], result.Parts.Select(static part => part.Sent));
        Assert.Equal([1, 0, 0, 0, 0, 1], result.Parts.Select(static part => part.Completed));
        Assert.Equal([0, 0, 0, 0, 0, 1], result.Parts.Select(static part => part.Attained));
        Assert.Equal((9, 0.5), (result.Parts[0].Ttft.P50.TotalSeconds, result.Parts[5].EndToEnd.P50.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(0.5), result.Lateness.P99);
        Assert.Empty(_statistics.ToResult().Parts);
    }

    private RequestTimeline Send(int tokens)
    {
        var timeline = new RequestTimeline(_time, _time.GetTimestamp(), tokens);
        _statistics.OnSent(timeline);
        return timeline;
    }

    private void Receive(RequestTimeline timeline, int tokens)
    {
        if (timeline.OnTokens(tokens))
        {
            _statistics.OnFirstToken(timeline);
        }
    }
}
