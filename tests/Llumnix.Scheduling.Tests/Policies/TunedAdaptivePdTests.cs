using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Policies;

/// <summary>What the tuned rules add. By <see cref="RoundProfile"/>: a prefill of n takes 10 + n/10 ms, a batch of b with 100 tokens each 2·b + 1 ms.</summary>
public sealed class TunedAdaptivePdTests
{
    /// <summary>Six decodes keep 6 × 32 tokens free: with the prompt's 100 and 256 more 548 are needed.</summary>
    [Theory]
    [InlineData(AdaptivePdRules.Tuned, 548, "b")]
    [InlineData(AdaptivePdRules.Tuned, 547, "c")]
    [InlineData(AdaptivePdRules.Plain, 547, "b")]
    public void Decode_KvCacheNearlyFull_LeavesRoomToGrow(AdaptivePdRules rules, int left, string expected)
    {
        SchedulerFixture fixture = Fixture(rules).With(Idle("a"), Busy("b", batch: 6, used: 100_000 - left), Busy("c", batch: 1));
        Assert.Equal(expected, fixture.Staged("r", InferType.Decode));
    }

    /// <summary>
    /// Behind a's 950 tokens the prompt takes 115 ms of a limit of 140 ms, over 80%. b decodes in steps of 3 ms of at most 50: its decodes catch up with
    /// 20 ms at once.
    /// </summary>
    [Fact]
    public void Prefill_QueuesAreLong_TheSlackOfDecodesIsUsed()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 140).With(Busy("a", waiting: 950), Busy("b", batch: 1), Busy("c", batch: 5));
        Assert.Equal("b", fixture.Staged("1", InferType.Prefill));
        fixture.With(Busy("a", waiting: 950), Busy("b", batch: 1), Busy("c", batch: 5));

        // b's decodes must catch up first; c's, in steps of 11 ms, have the next most slack.
        Assert.Equal("c", fixture.Staged("2", InferType.Prefill));
    }

    /// <summary>20 ms of prefill with steps of 3 of 50 ms: 20 + 20 × 3 / 47 = 21.3 ms later b may take the next.</summary>
    [Theory]
    [InlineData(21, "a")]
    [InlineData(22, "b")]
    public void Prefill_SlackWasUsed_DecodesCatchUpFirst(double afterMs, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 140).With(Busy("a", waiting: 2000), Busy("b", batch: 1));
        Assert.Equal("b", fixture.Staged("1", InferType.Prefill));
        fixture.Release("1", "b", InferType.Prefill);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(afterMs));
        Assert.Equal(expected, fixture.Staged("2", InferType.Prefill));
    }

    [Fact]
    public void Prefill_QueuesAreShort_DecodesAreLeftAlone()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 1000).With(Busy("a", waiting: 900), Busy("b", batch: 1));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill));
    }

    /// <summary>With 16% of 256 tokens to catch up in, 47 ms each, 1,925 ms is the longest prefill.</summary>
    [Theory]
    [InlineData(19_000, "b")]
    [InlineData(20_000, "a")]
    public void Prefill_LongPrompt_IsNoPrefillForDecodes(int tokens, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 2500).With(Busy("a", waiting: 9000), Busy("b", batch: 1));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, tokens));
    }

    /// <summary>
    /// Behind a's 1,000 tokens: 100 tokens come after 120 ms, below 136, 80% of the limit. 500 come after 160 ms, below the limit of 170 but
    /// not below that less their own 60. 3 come after 110.3 ms.
    /// </summary>
    [Theory]
    [InlineData(100, "a")]
    [InlineData(500, null)]
    [InlineData(3, "a")]
    public void Prefill_LongPromptWhenTimeIsShort_CountsAsLateEarlier(int tokens, string? expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 170, SloOverload.Reject).With(Busy("a", waiting: 1000), Idle("b", InferType.Decode));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, tokens));
    }

    /// <summary>
    /// The first 500 tokens wait on their way when 150 more come: both would have their first tokens 75 ms later. The first ones have 120 ms.
    /// In steps of 600 tokens they share one of 70 ms.
    /// </summary>
    [Theory]
    [InlineData(44, 1000, "a")]
    [InlineData(45, 1000, null)]
    [InlineData(49, 600, "a")]
    [InlineData(50, 600, null)]
    public void Prefill_WouldMakeOthersLateInItsStep_GoesElsewhere(double afterMs, int step, string? expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 120, SloOverload.Reject)
            .With(Stepping("a", step, waitingRequests: 0), Idle("b", InferType.Decode));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill, 500));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(afterMs));
        Assert.Equal(expected, fixture.Staged("2", InferType.Prefill, 150));
    }

    /// <summary>The same once the engine has them: as long as they wait their time counts, once they run the next ones share another step.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(0, "a")]
    public void Prefill_OthersWaitInTheEngine_TheirTimeCounts(int waitingRequests, string? expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 100, SloOverload.Reject)
            .With(Stepping("a", 1000, waitingRequests: 0), Idle("b", InferType.Decode));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill, 500));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(25));
        fixture.Update(Stepping("a", 1000, waitingRequests).Later(25, s => s with { RecentWaitingRequests = ["cmpl-1-0"] }));
        Assert.Equal(expected, fixture.Staged("2", InferType.Prefill, 100));
    }

    /// <summary>
    /// Some time ago a request was sent to a, which has it no longer; another one is on its way. Whoever waits in the engine could be the first, but a decode
    /// is not, nor is one that was sent so long ago that it is late in any case.
    /// </summary>
    [Theory]
    [InlineData(90, 0, null)]
    [InlineData(90, 1, "a")]
    [InlineData(5000, 0, "a")]
    public void Prefill_SomebodyWaits_OnlyPrefillsThatCanBeInTimeCount(int agoMs, int decodes, string? expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 100, SloOverload.Reject)
            .With(Stepping("a", 1000, waitingRequests: 0), Idle("b", InferType.Decode));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(agoMs));
        fixture.Update(Stepping("a", 1000, waitingRequests: 0).Later(agoMs, s => s with
        {
            RecentWaitingRequests = ["cmpl-1-0"], WaitingRequestCount = 1, SchedulerWaitingToDecodeRequests = decodes,
        }));
        Assert.Equal("a", fixture.Staged("2", InferType.Prefill, tokens: 1));
        Assert.Equal(expected, fixture.Staged("3", InferType.Prefill));
    }

    /// <summary>
    /// 1,000 tokens are late by themselves and go where most is to do. 80 ms later they wait there with 100 left to compute: 50 more have their first
    /// token after 25 ms, 105 ms after those were sent, and do them no further harm.
    /// </summary>
    [Fact]
    public void Prefill_ThoseWhoWaitWereLateFromTheStart_MayJoin()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 100, SloOverload.Triage)
            .With(Busy("a", waiting: 10), Idle("b", InferType.Decode), Busy("c"));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill, 1000));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(80));
        fixture.Update(Busy("a", waiting: 100).Later(80, s => s with { RecentWaitingRequests = ["cmpl-1-0"], WaitingRequestCount = 1 }));
        fixture.Update(Busy("c", waiting: 300).Later(80));
        Assert.Equal("a", fixture.Staged("2", InferType.Prefill, 50));
    }

    private static InstanceReading Stepping(string id, int step, int waitingRequests) => Readings.Of(
        id,
        metadata: m => m with { MaxNumBatchedTokens = step },
        status: s => s with { WaitingRequestCount = waitingRequests, UncomputedTokensAllWaitingPrefills = 550 * waitingRequests });

    private static SchedulerFixture Fixture(
        AdaptivePdRules rules, double ttft = 1000, SloOverload overload = SloOverload.Spread) => new(
        "slo",
        new FullModeSettings { LatencyPredictor = RoundProfile.Predictor },
        new PolicySettings
        {
            Slo = new SloSettings(RoundProfile.Predictor) { TtftLimitMs = ttft, TpotLimitMs = 50, Overload = overload, IsAdaptivePd = true, Rules = rules },
        });

    private static InstanceReading Idle(string id, InferType type = InferType.Neutral) => Readings.Of(id, type);

    private static InstanceReading Busy(string id, int batch = 0, int waiting = 0, int used = 0) => Readings.Of(id, status: s => s with
    {
        SchedulerRunningToDecodeRequests = batch,
        SchedulerRunningToDecodeTokens = batch * 100,
        UncomputedTokensAllWaitingPrefills = waiting,
        UsedGpuTokens = used,
    });
}
