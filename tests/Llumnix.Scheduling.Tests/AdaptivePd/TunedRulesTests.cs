using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.AdaptivePd.Choices;
using Llumnix.Testing.Fleet;
using static Llumnix.Scheduling.Tests.AdaptivePd.AdaptivePdFixture;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

/// <summary>What the tuned rules add, besides <see cref="PrefillInSlackTests"/>. Times as in <see cref="AdaptivePdFixture"/>.</summary>
public sealed class TunedRulesTests
{
    /// <summary>Six decodes keep room to grow beside what the request needs.</summary>
    [Theory]
    [InlineData(AdaptivePdRules.Tuned, 0, "b")]
    [InlineData(AdaptivePdRules.Tuned, -1, "c")]
    [InlineData(AdaptivePdRules.Plain, -1, "b")]
    public void Decode_KvCacheNearlyFull_LeavesRoomToGrow(AdaptivePdRules rules, int more, string expected)
    {
        int left = PromptTokens + ExpectedOutputTokens + (6 * GrowthTokens) + more;
        SchedulerFixture fixture = Fixture(rules).With(Idle("a"), Busy("b", batch: 6, used: KvCapacity - left), Busy("c", batch: 1));
        Assert.Equal(expected, fixture.Staged("r", InferType.Decode));
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
}
