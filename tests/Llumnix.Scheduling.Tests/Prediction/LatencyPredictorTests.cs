using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Prediction;

/// <summary>Numbers by hand, from <see cref="RoundProfile"/> with steps of 500 tokens.</summary>
public sealed class LatencyPredictorTests
{
    [Fact]
    public void TtftMs_Idle_IsThatOfTheRequestAlone() => Assert.Equal(10 + 30, Ttft(Instance(), 300, elapsed: 0), 1e-9);

    /// <summary>Two decodes with 508 tokens each make 4 + 5.08 = 9.08 ms of every step.</summary>
    [Fact]
    public void TtftMs_Decoding_EveryStepTakesTheDecodesAlong() =>
        Assert.Equal((60 + 9.08) + (30 + 9.08), Ttft(Instance(batch: 2, tokens: 1016), 700, elapsed: 0), 1e-9);

    /// <summary>Known 400 + 200 waiting and running, 300 in flight, 100 asked: two steps of 500. The known ones take 60 + 20 ms.</summary>
    [Theory]
    [InlineData(0, 120)]
    [InlineData(50, 120 - 50)]
    [InlineData(80, 120 - 80)]
    [InlineData(80.1, 10 + 40)] // The known ones must be done: 300 + 100 are left.
    [InlineData(1e6, 10 + 40)]
    public void TtftMs_Backlog_WearsOffWithTheStatusAge(double elapsed, double expected) =>
        Assert.Equal(expected, Ttft(Instance(waiting: 400, running: 200, inFlight: 300), 100, elapsed), 1e-9);

    /// <summary>
    /// A step of 500 tokens takes 60 ms. The engine has reported its beginning and 30 ms later, with a request that waits, the same step again:
    /// 500 + 100 + 100 tokens take 60 + 30 ms, less what has passed since the beginning.
    /// </summary>
    [Theory]
    [InlineData(30, 90 - 30)]
    [InlineData(45, 90 - 45)]
    [InlineData(70, 90 - 60)] // Slower than predicted, or hung: no more than the step's own time has passed for it.
    [InlineData(94, 90 - 64)] // 64 ms without news: the step must be over, the next one under way.
    public void TtftMs_StatusesWithinAStep_StepCountsFromItsBeginning(double elapsed, double expected)
    {
        FullModeInstance instance = Instance(running: 500);
        instance.WrittenMs = Readings.StartMs + 30;
        instance.TakeOver(instance.Status with { TimestampMs = Readings.StartMs + 30, UncomputedTokensAllWaitingPrefills = 100 });
        Assert.Equal(expected, Ttft(instance, 100, elapsed), 1e-9);
    }

    [Fact]
    public void TtftMs_EngineDoesNotCountSteps_StatusAgeCounts()
    {
        FullModeInstance instance = Instance(running: 500);
        instance.TakeOver(instance.Status with { StepId = 0 });
        instance.WrittenMs = Readings.StartMs + 30;
        instance.TakeOver(instance.Status with { TimestampMs = Readings.StartMs + 30 });
        Assert.Equal(80 - 15, Ttft(instance, 100, elapsed: 45), 1e-9);
    }

    /// <summary>The step id was told while there was no prefill step: the step that has begun since is not as old.</summary>
    [Fact]
    public void TtftMs_StepIdFromBeforeThePrefill_TellsNothing()
    {
        FullModeInstance instance = Instance();
        instance.WrittenMs = Readings.StartMs + 10_000;
        instance.TakeOver(instance.Status with { TimestampMs = Readings.StartMs + 10_000, UncomputedTokensSchedulerRunningPrefills = 500 });
        Assert.Equal(80, Ttft(instance, 100, elapsed: 10_000), 1e-9);
    }

    [Fact]
    public void TtftMs_NextStep_CountsFromItsOwnBeginning()
    {
        FullModeInstance instance = Instance(running: 500);
        instance.WrittenMs = Readings.StartMs + 60;
        instance.TakeOver(instance.Status with { TimestampMs = Readings.StartMs + 60, StepId = instance.Status.StepId + 1 });
        Assert.Equal(80 - 10, Ttft(instance, 100, elapsed: 70), 1e-9);
    }

    /// <summary>Known 600 take 80 ms, with the request's 200 it is 100; after 80 ms that would leave 20 ms, but the request takes 30 by itself.</summary>
    [Fact]
    public void TtftMs_AlmostDone_IsNeverBelowTheRequestAlone() => Assert.Equal(30, Ttft(Instance(waiting: 600), 200, elapsed: 80), 1e-9);

    [Fact]
    public void TtftMs_PrefixHit_IsNotComputed()
    {
        FullModeInstance instance = Instance();
        var hits = new StoredPrefixHits(new Dictionary<string, int> { [instance.Metadata.IpKvs] = 256 });
        Assert.Equal(10 + 14.4, RoundProfile.Predictor.TtftMs(instance, new RequestFacts(400, hits, Readings.StartMs)), 1e-9);
    }

    /// <summary>Three requests with (1016 + 484) / 3 = 500 tokens: 6 + 5.</summary>
    [Fact]
    public void TpotMs_Batch_IsTheStepWithTheRequestInIt() => Assert.Equal(
        11, RoundProfile.Predictor.TpotMs(Instance(batch: 2, tokens: 1016), new RequestFacts(484)), 1e-9);

    [Fact]
    public void PrefillBacklogMs_Backlog_CountsWhatIsInFlightToo() => Assert.Equal(
        60 + 50, RoundProfile.Predictor.PrefillBacklogMs(Instance(waiting: 400, running: 200, inFlight: 300)), 1e-9);

    /// <summary>What is kept with an instance follows every change of its load: the same predictions as for an instance that was never looked at.</summary>
    [Fact]
    public void Predictions_LoadChanges_AreThoseOfAFreshInstance()
    {
        var random = new Random(1);
        FullModeInstance plain = Instance();
        var instance = new FullModeInstance(plain.Metadata, plain.Status) { FollowsWaitingRequests = true };
        for (int i = 0; i < 1000; i++)
        {
            switch (random.Next(4))
            {
                case 0:
                    instance.Dispatched = new DispatchedLoad(0, 0, random.Next(900), random.Next(3), random.Next(500));
                    break;
                case 1:
                    instance.KnownWaitingPrefillTokens = random.Next(900);
                    break;
                case 2:
                    instance.Describe(instance.Metadata with { MaxNumBatchedTokens = random.Next(100, 900) }, instance.Address);
                    break;
                default:
                    instance.TakeOver(instance.Status with
                    {
                        TimestampMs = (long)instance.WrittenMs,
                        StepId = random.Next(1, 3),
                        UncomputedTokensAllWaitingPrefills = random.Next(900),
                        UncomputedTokensSchedulerRunningPrefills = random.Next(900),
                        SchedulerRunningToDecodeRequests = random.Next(5),
                        SchedulerRunningToDecodeTokens = random.Next(2000),
                    });
                    break;
            }

            instance.WrittenMs++;
            FullModeInstance fresh = instance.Copy();
            var request = new RequestFacts(random.Next(900), NowMs: instance.WrittenMs + random.Next(50));
            Assert.Equal(RoundProfile.Predictor.TtftMs(fresh, in request), RoundProfile.Predictor.TtftMs(instance, in request));
            Assert.Equal(RoundProfile.Predictor.TpotMs(fresh, in request), RoundProfile.Predictor.TpotMs(instance, in request));
            Assert.Equal(RoundProfile.Predictor.PrefillBacklogMs(fresh), RoundProfile.Predictor.PrefillBacklogMs(instance));
            Assert.Equal(RoundProfile.Predictor.DecodeStepMs(fresh), RoundProfile.Predictor.DecodeStepMs(instance));
        }
    }

    private static double Ttft(FullModeInstance instance, int tokens, double elapsed) =>
        RoundProfile.Predictor.TtftMs(instance, new RequestFacts(tokens, NowMs: Readings.StartMs + elapsed));

    private static FullModeInstance Instance(int waiting = 0, int running = 0, int inFlight = 0, int batch = 0, int tokens = 0)
    {
        InstanceReading reading = Readings.Of(
            "a",
            metadata: m => m with { MaxNumBatchedTokens = 500 },
            status: s => s with
            {
                StepId = 5,
                UncomputedTokensAllWaitingPrefills = waiting,
                UncomputedTokensSchedulerRunningPrefills = running,
                SchedulerRunningToDecodeRequests = batch,
                SchedulerRunningToDecodeTokens = tokens,
            });
        return new FullModeInstance(reading.Metadata, reading.Status)
        {
            Dispatched = new DispatchedLoad(0, 0, inFlight, 0, 0),
        };
    }
}
