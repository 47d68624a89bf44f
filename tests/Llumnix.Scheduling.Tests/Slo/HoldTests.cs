using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Slo;

/// <summary>
/// Requests that cannot be in time are held back for up to <see cref="HoldLimitMs"/>. By <see cref="RoundProfile"/>: a prefill of 100 tokens takes
/// 20 ms and each 100 before it 10 ms; the limit is <see cref="TtftLimitMs"/>.
/// </summary>
public sealed class HoldTests
{
    private const int TtftLimitMs = 100;
    private const int TpotLimitMs = 50;
    private const int HoldLimitMs = 8000;

    /// <summary>Tokens that wait before a request of 100 tokens: its first token comes after 110 ms, just too late.</summary>
    private const int Late = 900;

    /// <summary>Tokens that wait before a request of 100 tokens: its first token comes after 220 ms.</summary>
    private const int VeryLate = 2000;

    /// <summary>Prompt tokens whose prefill alone takes 510 ms: late wherever it goes.</summary>
    private const int LateByItself = 5000;

    /// <summary>Decodes in a batch whose steps take 121 ms, longer than <see cref="TpotLimitMs"/>.</summary>
    private const int TooManyDecodes = 60;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_NobodyIsInTime_HeldUntilSomebodyIs(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Prefill("a", waiting: Late), Decode("d"));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
        Assert.Equal(0, fixture["a"].Dispatched.Requests);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(40));
        Report(fixture, ("a", 100));
        Assert.Equal("a", fixture.Staged("r", InferType.Prefill));
    }

    /// <summary>Behind 500 tokens: 70 ms. In time for whoever asks for the first time; 40 ms later the limit is passed.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_AskedAgain_TimeSinceTheFirstQuestionCounts(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Prefill("a", waiting: Late), Decode("d"));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(40));
        Report(fixture, ("a", 500));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
        Assert.Equal("a", fixture.Staged("new", InferType.Prefill));
    }

    /// <summary>Long late, but nobody waits there: it keeps nobody waiting.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_LateButAnInstanceIsIdle_GoesThere(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Prefill("a", waiting: Late), Prefill("b", waiting: Late), Decode("d"));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Report(fixture, ("a", Late), ("b", 50));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
        Report(fixture, ("a", Late), ("b", 0));
        Assert.Equal("b", fixture.Staged("r", InferType.Prefill));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_HeldForLongEnough_GoesToTheWorst(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Prefill("a", waiting: VeryLate), Prefill("b", waiting: 1000), Decode("d"));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(HoldLimitMs - 2));
        Report(fixture, ("a", VeryLate), ("b", 1000));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("a", fixture.Staged("r", InferType.Prefill));

        // Placed: the same id is a new request.
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
    }

    /// <summary>
    /// On a most is to do, but 600 tokens have just been sent there: with 400 more both would have their first tokens after 110 ms. On b nobody is known to
    /// be made late.
    /// </summary>
    [Fact]
    public void Schedule_HeldForLongEnough_MakesNobodyLate()
    {
        SchedulerFixture fixture = Fixture(true).With(Prefill("a", waiting: VeryLate), Prefill("b", waiting: VeryLate), Decode("d"));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _, tokens: 400));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(HoldLimitMs));
        Report(fixture, ("a", 0), ("b", 400));
        Assert.Equal("a", fixture.Staged("first", InferType.Prefill, tokens: 600));
        Assert.Equal("b", fixture.Staged("r", InferType.Prefill, tokens: 400));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_PromptThatIsLateByItself_GoesWhereItBeginsAtOnce(bool isAdaptive) =>
        Assert.Equal("a", Fixture(isAdaptive).With(Prefill("a", waiting: 0), Decode("d")).Staged("r", InferType.Prefill, tokens: LateByItself));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_Decode_IsNeverHeld(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Prefill("a", waiting: 0), Decode("d", batch: TooManyDecodes), Decode("e", batch: TooManyDecodes + 10));
        Assert.Equal("e", fixture.Staged("r", InferType.Decode));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_Pair_IsHeldAsAWhole(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Prefill("a", waiting: VeryLate), Decode("d"));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Pair("r", out _));
        Assert.Equal(0, fixture["d"].Dispatched.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_Neutral_IsHeldToo(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Readings.Of("n", status: s => s with { UncomputedTokensAllWaitingPrefills = VeryLate }));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Neutral("r", out _));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(HoldLimitMs));
        fixture.Update(Readings.Of("n", status: s => s with { TimestampMs = Now(fixture), UpdateId = 2, UncomputedTokensAllWaitingPrefills = VeryLate }));
        Assert.Equal("n", fixture.Neutral("r"));
    }

    /// <summary>Its first token would come at once, but its decode has no room there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_NeutralThatBeginsAtOnceWithoutRoomToDecode_IsHeld(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Readings.Of("n", status: s => s with { UsedGpuTokens = 99_900 }));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Neutral("r", out _));
    }

    /// <summary>A prompt that is late by itself; two decodes take 5 ms of each step, which is no waiting.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_IdleButDecoding_BeginsAtOnce(bool isAdaptive)
    {
        SchedulerFixture fixture = Fixture(isAdaptive).With(Readings.Of("n", status: s => s with
        {
            SchedulerRunningToDecodeRequests = 2, SchedulerRunningToDecodeTokens = 200,
        }));
        Assert.Equal("n", fixture.Neutral("r", tokens: LateByItself));
    }

    /// <summary>
    /// Held for 44 ms it is in time again: 30 ms more. Whoever it would share a step with was sent 45 ms ago and has 100 ms: what counts is when that step
    /// ends, not for how long the request was held.
    /// </summary>
    [Fact]
    public void Schedule_HeldRequestJoinsAStep_TimeOfTheOthersCounts()
    {
        SchedulerFixture fixture = Fixture(isAdaptive: true).With(Prefill("a", waiting: 0), Decode("d"));
        Assert.Equal("a", fixture.Staged("first", InferType.Prefill));
        Report(fixture, ("a", VeryLate));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(43));
        Report(fixture, ("a", 0));
        Assert.Equal("a", fixture.Staged("r", InferType.Prefill));
    }

    /// <summary>It has waited since it was asked for first: 66 ms later the next one, which takes 40 ms, would make it late.</summary>
    [Fact]
    public void Schedule_HeldRequestWaitsInAStep_ItsWholeTimeCounts()
    {
        SchedulerFixture fixture = Fixture(isAdaptive: true).With(Prefill("a", waiting: VeryLate), Decode("d"));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _, tokens: 200));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(39));
        Report(fixture, ("a", 0));
        Assert.Equal("a", fixture.Staged("r", InferType.Prefill, tokens: 200));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(26));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("next", InferType.Prefill, out _));
    }

    [Fact]
    public void Schedule_NobodyIsHealthyOrThere_IsNotHeld()
    {
        SchedulerFixture fixture = Fixture(false).With(Readings.Of("a", InferType.Prefill, status: s => s with { Schedulable = false }));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Staged("r", InferType.Prefill, out _));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Staged("r", InferType.Decode, out _));
    }

    [Fact]
    public void Explain_WouldBeHeld_SaysSoAndHoldsNothing()
    {
        SchedulerFixture fixture = Fixture(true).With(Prefill("a", waiting: VeryLate), Decode("d"));
        Assert.Equal(
            ScheduleOutcome.Deferred, fixture.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.PdStaged, InferType.Prefill, 100)).Single().Outcome);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(HoldLimitMs));
        Report(fixture, ("a", VeryLate));
        Assert.Equal(ScheduleOutcome.Deferred, fixture.Staged("r", InferType.Prefill, out _));
    }

    private static SchedulerFixture Fixture(bool isAdaptive) => new(
        "slo",
        new FullModeOptions { LatencyPredictor = RoundProfile.Predictor, DeferredRequestLifetime = TimeSpan.FromMinutes(1) },
        new PolicyOptions
        {
            Slo = new SloOptions
            {
                Ttft = TimeSpan.FromMilliseconds(TtftLimitMs),
                Tpot = TimeSpan.FromMilliseconds(TpotLimitMs),
                Overload = SloOverload.Hold,
                HoldLimit = TimeSpan.FromMilliseconds(HoldLimitMs),
            },
            AdaptivePd = new AdaptivePdOptions { IsEnabled = isAdaptive },
        });

    private static long Now(SchedulerFixture fixture) => fixture.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static InstanceReading Prefill(string id, int waiting) =>
        Readings.Of(id, InferType.Prefill, status: s => s with { UncomputedTokensAllWaitingPrefills = waiting });

    /// <summary>A millisecond later there are new statuses of prefill instances.</summary>
    private static void Report(SchedulerFixture fixture, params (string Id, int Waiting)[] instances)
    {
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        foreach ((string id, int waiting) in instances)
        {
            fixture.Update(Readings.Of(id, InferType.Prefill, status: s => s with
            {
                TimestampMs = Now(fixture), UpdateId = (int)(Now(fixture) - Readings.StartMs) + 1, UncomputedTokensAllWaitingPrefills = waiting,
            }));
        }
    }

    private static InstanceReading Decode(string id, int batch = 0) => Readings.Of(
        id, InferType.Decode, status: s => s with { SchedulerRunningToDecodeRequests = batch, SchedulerRunningToDecodeTokens = batch * 100 });
}
