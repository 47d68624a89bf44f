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

    /// <summary>Behind a's tokens the first one comes after 499 or 500 ms, half of the limit.</summary>
    [Theory]
    [InlineData(4790, "a")]
    [InlineData(4800, "b")]
    public void Prefill_QueuesAreShort_DecodesAreLeftAlone(int waiting, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 1000).With(Busy("a", waiting: waiting), Busy("b", batch: 1));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill));
    }

    /// <summary>With 12% of 256 tokens to catch up in, 47 ms each, 1,444 ms is the longest prefill.</summary>
    [Theory]
    [InlineData(14_300, "b")]
    [InlineData(14_400, "a")]
    public void Prefill_LongPrompt_IsNoPrefillForDecodes(int tokens, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 2500).With(Busy("a", waiting: 9000), Busy("b", batch: 1));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, tokens));
    }

    /// <summary>
    /// A prefill of 2,010 ms on b, which decodes in steps of 7 ms since its last decode was seen there: later its decodes gain 12% of 256 times 43 ms, 1,321 ms.
    /// The other 689 ms they have gained after 112.2 ms, 43 ms in 7. Meanwhile new decodes must find a place on the only other one, c: it is to have
    /// 15% of its KV cache left, when its decode has grown by 32 tokens and its 100 waiting ones have their places.
    /// </summary>
    [Theory]
    [InlineData(112, 0, "a")]
    [InlineData(113, 0, "b")]
    [InlineData(113, 85_000 - 133, "b")]
    [InlineData(113, 85_000 - 131, "a")]
    public void Prefill_DecodesHaveGained_LongPromptsAreMadeWhileOthersHaveRoom(int afterMs, int used, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            Busy("a", waiting: 9000), Busy("b", batch: 2), Busy("c", batch: 1, waiting: 100, used: used));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("b", fixture.Staged("decode", InferType.Decode));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
        fixture.Update(Busy("b", batch: 3).Later(600, s => s with { RecentWaitingRequests = ["chatcmpl-decode-0"] }));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(afterMs));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>A decode that is on its way, or waits in the engine, for 500 ms. It has gained nothing yet.</summary>
    [Theory]
    [InlineData(false, 0, "b")]
    [InlineData(true, 0, "a")]
    [InlineData(false, 1, "a")]
    public void Prefill_DecodesHaveNotBegun_NothingIsInHand(bool isOnItsWay, int waiting, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            Busy("a", waiting: 9000), Busy("b", batch: 2), Busy("c", batch: 1, waiting: 100));
        if (isOnItsWay)
        {
            Assert.Equal("b", fixture.Staged("decode", InferType.Decode));
        }

        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        fixture.Update(Busy("b", batch: 2).Later(500, s => s with { SchedulerWaitingToDecodeRequests = waiting }));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>
    /// b's decodes have gained enough. Of three others each is to have 7.5% left, when its decodes have grown by 96 tokens and its 100 waiting ones have
    /// their places.
    /// </summary>
    [Theory]
    [InlineData(92_300, "b")]
    [InlineData(92_310, "a")]
    public void Prefill_DecodesHaveGained_EachOfTheOthersIsToHaveRoom(int used, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            [Busy("a", waiting: 9000), Busy("b", batch: 2), .. new[] { "c", "d", "e" }.Select(id => Busy(id, batch: 3, waiting: 100, used: used))]);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>Room is of no use where 500 tokens are ahead, 60 ms, nor where a step takes 51 of 50 ms.</summary>
    [Theory]
    [InlineData(1, 100, "b")]
    [InlineData(1, 500, "a")]
    [InlineData(25, 0, "a")]
    public void Prefill_DecodesHaveGained_OnlyPlacesForDecodesAreRoom(int batch, int waiting, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            Busy("a", waiting: 9000), Busy("b", batch: 2), Busy("c", batch: batch, waiting: waiting));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>Everybody decodes; c, kept for prefills, takes no decodes, so that its room is none.</summary>
    [Theory]
    [InlineData(0, "b")]
    [InlineData(99_000, "c")]
    public void Prefill_DecodesHaveGained_TheOneKeptForPrefillsHasNoRoom(int used, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            Busy("b", batch: 2), Busy("c", batch: 1, waiting: 100), Busy("d", batch: 3, waiting: 100, used: used));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        fixture.Update(Busy("c", batch: 1, waiting: 100).Later(500));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>
    /// A prefill of 110 ms costs decodes in steps of 5 ms 122.2 ms of gaining, those that gain nothing as much as can be, and an instance without any nothing.
    /// </summary>
    [Theory]
    [InlineData(2, -122.2)]
    [InlineData(25, -6000)]
    [InlineData(0, 0)]
    public void Prefill_WhereOthersDecode_TheyFallBehind(int batch, double expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Busy("a", batch: batch));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill, 1000));
        Assert.Equal(expected, GainOf(fixture, "a", Readings.StartMs), 0.1);
    }

    [Fact]
    public void Decode_WhereOthersHaveGained_HasNothingInHand()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Busy("a", batch: 2));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(500, GainOf(fixture, "a", Readings.StartMs + 500));
        Assert.Equal("a", fixture.Staged("1", InferType.Decode));
        Assert.Equal(0, GainOf(fixture, "a", Readings.StartMs + 500));
    }

    /// <summary>With the request itself, of 1,000 tokens, in the batch a step takes 10 ms: 110 ms of prefill cost 137.5.</summary>
    [Fact]
    public void Neutral_WhereOthersDecode_TheyFallBehind()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Busy("a", batch: 2));
        Assert.Equal("a", fixture.Neutral("1", tokens: 1000));
        Assert.Equal(-137.5, GainOf(fixture, "a", Readings.StartMs), 0.1);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(5000));
        fixture.Neutral("2", tokens: 10);
        Assert.Equal(0, GainOf(fixture, "a", Readings.StartMs + 5000));
    }

    /// <summary>
    /// Step times change, so what decodes gained longer than 6 s ago does not count: b's decode gains 47 ms in 3, 94,000 ms in 6 s, and 1,444 ms later. A
    /// tenth of a millisecond per token, and 10 ms for each of 15 steps.
    /// </summary>
    [Theory]
    [InlineData(952_000, "b")]
    [InlineData(954_000, "a")]
    public void Prefill_DecodesGainForLong_SixSecondsCount(int tokens, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 125_000).With(
            Busy("a", waiting: 900_000), Busy("b", batch: 1), Busy("c", batch: 1, waiting: 100));
        fixture.Time.Advance(TimeSpan.FromSeconds(7));
        fixture.Update(Busy("a", waiting: 900_000).Later(7000));
        fixture.Update(Busy("b", batch: 1).Later(7000));
        fixture.Update(Busy("c", batch: 1, waiting: 100).Later(7000));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, tokens));
    }

    /// <summary>
    /// b is full: 15 ms with one more. d is converted while no prefills are ahead of the decode there; else b comes closer to 20 ms. When that is
    /// exceeded, too, the decode waits where it waits the shortest: on d behind 70 ms of prefills, or on e, which decodes already, as long as it need not
    /// wait a step's 15 ms longer there.
    /// </summary>
    [Theory]
    [InlineData(6, 0, 900, "d")]
    [InlineData(6, 600, 900, "b")]
    [InlineData(8, 600, 900, "b")]
    [InlineData(9, 600, 900, "d")]
    [InlineData(9, 600, 700, "e")]
    [InlineData(9, 600, 800, "d")]
    public void Decode_NoPlaceToPack_ConvertsOnlyWhatHasNoPrefillsAhead(int batch, int prefills, int prefillsOfDecoding, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, tpot: 15, tpotCeil: 20).With(
            Busy("a", waiting: 3000), Busy("b", batch: batch), Busy("c", waiting: 900), Busy("d", waiting: prefills), Busy("e", batch: 1, waiting: prefillsOfDecoding));
        Assert.Equal(expected, fixture.Staged("r", InferType.Decode));
    }

    /// <summary>Both exceed 15 ms with one more, none 20; b with 19 ms comes closer to them than c with 17.</summary>
    [Fact]
    public void Decode_NoPlaceToPack_TheFarthestFromItsTargetComesCloser()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, tpot: 15, tpotCeil: 20).With(
            Busy("a", waiting: 3000), Busy("b", batch: 8), Busy("c", batch: 7), Busy("d", waiting: 600));
        Assert.Equal("c", fixture.Staged("r", InferType.Decode));
    }

    /// <summary>d is about done: 20 ms, less than a step of the target. e, which decodes, has 25 ms ahead.</summary>
    [Fact]
    public void Decode_NoPlaceToPack_WhoIsAboutDoneIsConvertedFirst()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, tpot: 25, tpotCeil: 30).With(
            Busy("a", waiting: 3000), Busy("b", batch: 11), Busy("d", waiting: 100), Busy("e", batch: 1, waiting: 120));
        Assert.Equal("d", fixture.Staged("r", InferType.Decode));
    }

    /// <summary>Three decodes at once, nobody has a place at once: all on the instance that the first one has converted.</summary>
    [Fact]
    public void Decode_SeveralWithoutAPlace_ConvertOneInstance()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, tpot: 15, tpotCeil: 15).With(
            Busy("a", waiting: 3000), Busy("b", batch: 6), Busy("c", waiting: 900), Busy("d", waiting: 600), Busy("e", waiting: 600));
        string? first = fixture.Staged("1", InferType.Decode);
        Assert.Contains(first, new[] { "d", "e" });
        Assert.All(["2", "3"], id => Assert.Equal(first, fixture.Staged(id, InferType.Decode)));
    }

    /// <summary>
    /// 400 tokens are late everywhere. On a most is to do, but 700 tokens were sent there 15 ms ago: in a step of 1,000 both would have their first
    /// tokens after another 100 ms, more than the 110 ms of those. In steps of 700 they come one after the other.
    /// </summary>
    [Theory]
    [InlineData(AdaptivePdRules.Tuned, 1000, "c")]
    [InlineData(AdaptivePdRules.Tuned, 700, "a")]
    [InlineData(AdaptivePdRules.Plain, 1000, "a")]
    public void Prefill_Late_GoesWhereItMakesNobodyLate(AdaptivePdRules rules, int step, string expected)
    {
        SchedulerFixture fixture = Fixture(rules, ttft: 110, SloOverload.Triage)
            .With(Stepping("a", step, waitingRequests: 0), Idle("b", InferType.Decode), Busy("c", waiting: 800));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill, 700));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(15));
        Assert.Equal(expected, fixture.Staged("late", InferType.Prefill, 400));
    }

    [Fact]
    public void Prefill_LateAndHarmfulEverywhere_GoesWhereMostIsToDo()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 110, SloOverload.Triage)
            .With(Stepping("a", 1000, waitingRequests: 0), Idle("b", InferType.Decode));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill, 700));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(15));
        Assert.Equal("a", fixture.Staged("late", InferType.Prefill, 400));
    }

    /// <summary>
    /// Behind a's 1,000 tokens: 100 tokens come after 120 ms, below 136, 80% of the limit. 500 come after 160 ms, below the limit of 170 but
    /// not below that less their own 60; nor 300 after 140 ms, less their own 40. 3 come after 110.3 ms.
    /// </summary>
    [Theory]
    [InlineData(100, "a")]
    [InlineData(300, null)]
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

    private static double GainOf(SchedulerFixture fixture, string id, double nowMs) =>
        fixture.Scheduler.CaptureForRescheduling().Instances.Single(instance => instance.Id == id).DecodeGain.At(nowMs);

    private static InstanceReading Stepping(string id, int step, int waitingRequests) => Readings.Of(
        id,
        metadata: m => m with { MaxNumBatchedTokens = step },
        status: s => s with { WaitingRequestCount = waitingRequests, UncomputedTokensAllWaitingPrefills = 550 * waitingRequests });

    private static SchedulerFixture Fixture(
        AdaptivePdRules rules, double ttft = 1000, SloOverload overload = SloOverload.Spread, double tpot = 50, double tpotCeil = 50) => new(
        "slo",
        new FullModeSettings { LatencyPredictor = RoundProfile.Predictor },
        new PolicySettings
        {
            Slo = new SloSettings(RoundProfile.Predictor)
            {
                TtftLimitMs = ttft, TpotLimitMs = tpot, TpotCeilMs = tpotCeil, Overload = overload, IsAdaptivePd = true, Rules = rules,
            },
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
