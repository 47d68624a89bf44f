using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Slo;

/// <summary>By <see cref="RoundProfile"/>: a prefill of 100 tokens takes 20 ms and each 100 before it 10 ms; one decode of 100 takes 3 ms.</summary>
public sealed class SloPolicyTests
{
    [Fact]
    public void Prefill_SeveralMeetTheTarget_FastestIsSelected()
    {
        SchedulerFixture fixture = Fixture(ttft: 100).With(Prefill("a", waiting: 300), Prefill("b", waiting: 100), Prefill("c", waiting: 200));
        Assert.Equal(ScheduleOutcome.Placed, fixture.Staged("r", InferType.Prefill, out Placement placement));
        Assert.Equal("b", placement.First.Instance.InstanceId);
        Assert.Equal(30, placement.First.PredictedTtftMs!.Value, 1e-9);
        Assert.Null(placement.First.PredictedTpotMs);
    }

    [Fact]
    public void Prefill_ExactlyAtTheLimit_IsNotBelowIt()
    {
        Assert.Null(Fixture(ttft: 30).With(Prefill("a", waiting: 100)).Staged("r", InferType.Prefill));
        Assert.Equal("a", Fixture(ttft: 30.001).With(Prefill("a", waiting: 100)).Staged("r", InferType.Prefill));
    }

    [Theory]
    [InlineData(SloOverload.Reject, null)]
    [InlineData(SloOverload.Spread, "b")]
    [InlineData(SloOverload.Triage, "c")]
    public void Prefill_NobodyMeetsTheTarget_OverloadDecides(SloOverload overload, string? expected)
    {
        SchedulerFixture fixture = Fixture(ttft: 25, overload: overload)
            .With(Prefill("a", waiting: 300), Prefill("b", waiting: 100), Prefill("c", waiting: 900));
        Assert.Equal(expected, fixture.Staged("r", InferType.Prefill));
    }

    /// <summary>Batch 3 and 1,000 tokens with the request: 8 + 2.75; batch 5: 12 + 1.8.</summary>
    [Fact]
    public void Decode_SeveralMeetTheTarget_FastestIsSelected()
    {
        SchedulerFixture fixture = Fixture(tpot: 50).With(Decode("a", batch: 3, tokens: 1000), Decode("b", batch: 5, tokens: 1000));
        Assert.Equal(ScheduleOutcome.Placed, fixture.Staged("r", InferType.Decode, out Placement placement));
        Assert.Equal("a", placement.First.Instance.InstanceId);
        Assert.Equal(10.75, placement.First.PredictedTpotMs!.Value, 1e-9);
        Assert.Null(placement.First.PredictedTtftMs);
    }

    [Theory]
    [InlineData(SloOverload.Reject, null)]
    [InlineData(SloOverload.Spread, "a")]
    [InlineData(SloOverload.Triage, "b")]
    public void Decode_NobodyMeetsTheTarget_OverloadDecides(SloOverload overload, string? expected)
    {
        SchedulerFixture fixture = Fixture(tpot: 5, overload: overload).With(Decode("a", batch: 3, tokens: 1000), Decode("b", batch: 5, tokens: 1000));
        Assert.Equal(expected, fixture.Staged("r", InferType.Decode));
    }

    /// <summary>100 + 256 tokens are needed.</summary>
    [Theory]
    [InlineData(100_000 - 356, "a")]
    [InlineData(100_000 - 355, null)]
    public void Decode_KvCacheTooFull_FailsTheTarget(int used, string? expected)
    {
        SchedulerFixture fixture = Fixture().With(Readings.Of("a", InferType.Decode, status: s => s with { UsedGpuTokens = used }));
        Assert.Equal(expected, fixture.Staged("r", InferType.Decode));
    }

    /// <summary>The TTFT target drops the first of eight, so that the candidates for the TPOT target are not those before the filters; it drops the last, which is the fastest.</summary>
    [Fact]
    public void Neutral_FirstTargetDropsSome_TheSecondOneIsTestedForAllOthers()
    {
        SchedulerFixture fixture = Fixture(ttft: 100, tpot: 20).With(
        [
            Readings.Of("0", status: s => s with { UncomputedTokensAllWaitingPrefills = 2000 }),
            .. Enumerable.Range(1, 6).Select(i => Readings.Of($"{i}", status: s => s with { UncomputedTokensAllWaitingPrefills = 300 + i })),
            Readings.Of("7", status: s => s with { SchedulerRunningToDecodeRequests = 10, SchedulerRunningToDecodeTokens = 1000 }),
        ]);
        Assert.Equal("1", fixture.Neutral("r"));
    }

    [Theory]
    [InlineData(100, 100, "b")] // The first token comes earliest there.
    [InlineData(100, 12, "a")] // b decodes too much: 2·6 + 1.
    [InlineData(25, 12, null)] // a: 20 + 10 ms of prefill before.
    public void Neutral_BothTargetsAreRequired_EarliestTokenIsSelected(double ttft, double tpot, string? expected)
    {
        SchedulerFixture fixture = Fixture(ttft, tpot).With(
            Readings.Of("a", status: s => s with { UncomputedTokensAllWaitingPrefills = 200 }),
            Readings.Of("b", status: s => s with { SchedulerRunningToDecodeRequests = 5, SchedulerRunningToDecodeTokens = 500 }));
        Assert.Equal(expected, fixture.Neutral("r"));
    }

    /// <summary>An instance whose status is old has worked since: after 10 ms a's 30 ms of prefill count 20.</summary>
    [Fact]
    public void Prefill_StatusIsOld_ProgressCounts()
    {
        SchedulerFixture fixture = Fixture().With(Prefill("a", waiting: 200), Prefill("b", waiting: 150));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(10));
        fixture.Update(Prefill("b", waiting: 150).Later(10));
        Assert.Equal("a", fixture.Staged("r", InferType.Prefill));
    }

    /// <summary>The engine's clock is half a minute behind; taken at its word, its backlog would have been worked off long ago.</summary>
    [Fact]
    public void Prefill_EngineClockIsBehind_ItsBacklogStillCounts()
    {
        InstanceReading late = Readings.Of(
            "late", InferType.Prefill, status: s => s with { UncomputedTokensAllWaitingPrefills = 900, TimestampMs = s.TimestampMs - 30_000 });
        SchedulerFixture fixture = Fixture().With(late, Prefill("right", waiting: 100));
        Assert.Equal("right", fixture.Staged("first", InferType.Prefill));
        fixture.Release("first", "right");
        fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
        fixture.With(late.Later(), Prefill("right", waiting: 100).Later());
        Assert.Equal("right", fixture.Staged("r", InferType.Prefill));
    }

    [Fact]
    public void Build_WithoutTables_SaysWhatIsMissing() =>
        Assert.Contains("needs profiling tables", Assert.Throws<ArgumentException>(() => new SchedulerFixture("slo")).Message, StringComparison.Ordinal);

    private static SchedulerFixture Fixture(double ttft = 1000, double tpot = 100, SloOverload overload = SloOverload.Reject) => new(
        "slo",
        new FullModeOptions { LatencyPredictor = RoundProfile.Predictor },
        new PolicyOptions
        {
            Slo = new SloOptions { Ttft = TimeSpan.FromMilliseconds(ttft), Tpot = TimeSpan.FromMilliseconds(tpot), Overload = overload },
        });

    private static InstanceReading Prefill(string id, int waiting) =>
        Readings.Of(id, InferType.Prefill, status: s => s with { UncomputedTokensAllWaitingPrefills = waiting });

    private static InstanceReading Decode(string id, int batch, int tokens) => Readings.Of(
        id, InferType.Decode, status: s => s with { SchedulerRunningToDecodeRequests = batch, SchedulerRunningToDecodeTokens = tokens });
}
