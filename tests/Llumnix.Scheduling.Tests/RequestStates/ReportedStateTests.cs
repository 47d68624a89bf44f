using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.RequestStates;
using static Llumnix.Scheduling.Tests.LiteModeFixture;

namespace Llumnix.Scheduling.Tests.RequestStates;

/// <summary>Requests that another scheduler has placed, or this one before a restart: reports make them known.</summary>
public sealed class ReportedStateTests
{
    private readonly LiteModeFixture _fixture = new LiteModeFixture().With(Of("a"), Of("p", InferType.Prefill));

    [Fact]
    public void Report_UnknownRequest_IsCountedAsReported()
    {
        Assert.Equal(2, Report(("r1", "a", 150, false), ("r2", "a", 50, true)));
        Assert.Equal(new TrackedLoad(2, 200, 1, 150), _fixture["a"]);
    }

    [Fact]
    public void Report_AfterARestart_TheLoadIsRightAfterOneReport()
    {
        LiteModeFixture before = new LiteModeFixture().With(Of("a"), Of("p", InferType.Prefill));
        before.Neutral("r1", 100);
        before.Neutral("r2", 300);
        Report(("r1", "a", 100, false), ("r2", "a", 300, false));
        Assert.Equal(before["a"], _fixture["a"]);
    }

    [Fact]
    public void Release_OfAReportedRequest_EndsIt()
    {
        Report(("r", "a", 150, false));
        _fixture.Release("r", "a");
        Assert.Equal((default, 0), (_fixture["a"], _fixture.Scheduler.Snapshot().States));
    }

    /// <summary>A report under way when its request was released must not count it for longer than an interval.</summary>
    [Fact]
    public void Report_LateAfterTheRelease_IsTakenBackByTheNextOne()
    {
        _fixture.Neutral("other", 10);
        _fixture.Neutral("r", 100);
        _fixture.Release("r", "a");
        Report(("other", "a", 10, false), ("r", "a", 120, true));
        Assert.Equal(130, _fixture["a"].Tokens);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Report(("other", "a", 10, false));
        Assert.Equal(10, _fixture["a"].Tokens);
    }

    [Fact]
    public void Report_OfAGatewayThatFallsSilent_IsOverAfter30Seconds()
    {
        _fixture.Scheduler.OnGatewayConnected("g", isProven: true);
        Report(("r", "a", 100, false));
        _fixture.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(100, _fixture["a"].Tokens);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(default, _fixture["a"]);
    }

    [Fact]
    public void Report_PlacedRequestIsLeftOut_IsNotTakenBack()
    {
        _fixture.Neutral("placed", 100);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Report(("r", "a", 10, false));
        Assert.Equal(110, _fixture["a"].Tokens);
    }

    [Fact]
    public void GatewayLost_ItsReportedRequestsEnd()
    {
        _fixture.Scheduler.OnGatewayConnected("g", isProven: true);
        Report(("r", "a", 100, false));
        _fixture.Scheduler.OnGatewayLost("g", isProven: true);
        Assert.Equal(default, _fixture["a"]);
    }

    [Fact]
    public void Report_MoreThanStatesMayBe_PlacedRequestsStay()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { MaxStates = 10 }).With(Of("a"));
        fixture.Neutral("placed", 1000);
        for (int i = 0; i < 100; i++)
        {
            fixture.Report($"r{i}", "a", 1, gateway: $"flood-{i % 50}");
        }

        Assert.True(fixture["a"].Requests <= 10);
        Assert.True(fixture["a"].Tokens >= 1000);
    }

    private int Report(params (string Request, string Instance, int Tokens, bool IsPrefillDone)[] rows)
    {
        var batch = new RequestProgressBatch();
        foreach ((string request, string instance, int tokens, bool isPrefillDone) in rows)
        {
            batch.Add(request, instance, tokens, isPrefillDone, "g");
        }

        return _fixture.Scheduler.Report(batch);
    }
}
