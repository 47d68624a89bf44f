using CsCheck;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Calibration;

/// <summary>Calibration within the scheduler: statuses in, predictions of placements out.</summary>
public sealed class CalibrationSchedulerTests
{
    private static readonly FullModeOptions Corrected = new()
    {
        LatencyPredictor = RoundProfile.Predictor,
        Calibration = new CalibrationOptions { Mode = LatencyCorrectionMode.On, Confidence = 0.9, TtftTargetMs = 1000, TpotTargetMs = 50 },
    };

    /// <summary>The instances with the label gpu=slow are of a class of their own, whose tables say twice as much.</summary>
    private static readonly FullModeOptions OfClasses = Corrected with
    {
        LatencyPredictor = new LatencyPredictor(new ProfileClasses(
            [new ProfileRule("slow", [new InstanceCondition(InstanceTrait.OfLabel("gpu"), ["slow"])], new LatencyProfile(
                new LatencyCurve([100, 1000], [40, 220]), new LatencyGrid([1, 11], [8, 1008], [4.16, 24.16, 44.16, 64.16])))],
            RoundProfile.Tables)),
    };

    /// <summary>Ten decodes with 500 tokens each: the table says 25 ms a step, the engine takes 32.5.</summary>
    [Theory]
    [InlineData(LatencyCorrectionMode.Off, 1)]
    [InlineData(LatencyCorrectionMode.Observe, 1)]
    [InlineData(LatencyCorrectionMode.On, 1.3)]
    public void Decode_SlowerThanTheTable_IsCorrectedWhenOn(LatencyCorrectionMode mode, double expected)
    {
        var fixture = new SchedulerFixture(settings: Corrected with { Calibration = new CalibrationOptions { Mode = mode } });
        InstanceReading reading = Readings.Of("a") with { };
        fixture.With(With(reading, 0, 0, decodes: 10));
        double before = Tpot(fixture, "before");
        for (int i = 1; i <= 100; i++)
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(130));
            fixture.Update(With(reading, i * 4, i * 130, decodes: 10));
        }

        Assert.Equal(expected, Tpot(fixture, "after") / before, 0.01);
    }

    /// <summary>Each step prefills 500 of many waiting tokens: the table says 60 ms, the engine takes 75.</summary>
    [Fact]
    public void Prefill_SlowerThanTheTable_IsCorrected()
    {
        var fixture = new SchedulerFixture(settings: Corrected);
        InstanceReading reading = Readings.Of("a");
        int left = 200_000;
        fixture.With(With(reading, 1, 0, prefills: left));
        double before = Ttft(fixture, "before", left);
        for (int i = 1; i <= 100; i++)
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(150));
            left -= 1000;
            fixture.Update(With(reading, 1 + (i * 2), i * 150, prefills: left));
        }

        Assert.Equal(1.25, Ttft(fixture, "after", left) / before, 0.02);
    }

    /// <summary>Whatever an engine says of its steps, and whatever a gateway says of requests: predictions stay finite and bounded.</summary>
    [Theory]
    [InlineData(SchedulingMode.Neutral, LatencyCorrectionMode.On)]
    [InlineData(SchedulingMode.Neutral, LatencyCorrectionMode.Observe)]
    [InlineData(SchedulingMode.PdBatch, LatencyCorrectionMode.On)]
    public void Predictions_AnyStreamOfStatuses_AreFiniteAndBounded(SchedulingMode mode, LatencyCorrectionMode correction)
    {
        Gen<int> number = Gen.OneOf(Gen.Const(0), Gen.Int[-3, 20], Gen.Const(int.MaxValue), Gen.Const(int.MinValue), Gen.Int);
        Gen<InstanceStatus> statuses =
            from step in number
            from id in number
            from tokens in number
            from duration in Gen.Double
            from batch in number
            from decodeTokens in number
            from waiting in number
            from running in number
            select new InstanceStatus
            {
                InstanceId = "a",
                Schedulable = true,
                StepId = step,
                ProfilingId = id,
                ScheduledPrefillTokens = tokens,
                StepDurationMs = duration,
                SchedulerRunningToDecodeRequests = batch,
                SchedulerRunningToDecodeTokens = decodeTokens,
                UncomputedTokensAllWaitingPrefills = waiting,
                UncomputedTokensSchedulerRunningPrefills = running,
                TotalGpuTokens = 1_000_000,
            };
        Gen.Select(statuses, statuses, Gen.Int[0, 5000]).Array[1, 60].Sample(
            stream =>
            {
                var fixture = new SchedulerFixture(
                    "slo",
                    OfClasses with { Calibration = OfClasses.Calibration with { Mode = correction } },
                    new PolicyOptions { Slo = new SloOptions { Overload = SloOverload.Spread } });
                (InferType a, InferType b) = mode == SchedulingMode.PdBatch ? (InferType.Prefill, InferType.Decode) : (InferType.Neutral, InferType.Neutral);
                InstanceReading[] fleet = [Readings.Of("a", a), Readings.Of("b", b, metadata: m => m with { Labels = "gpu=slow" })];
                fixture.With([.. fleet.Select(reading => With(reading, 0, 0))]);
                for (int i = 0; i < stream.Length; i++)
                {
                    (InstanceStatus first, InstanceStatus second, int ms) = stream[i];
                    fixture.Time.Advance(TimeSpan.FromMilliseconds(ms));
                    fixture.With([.. fleet.Zip([first, second], (reading, status) => reading with
                    {
                        Status = status with { InstanceId = reading.Metadata.InstanceId, UpdateId = i + 100, TimestampMs = reading.Status.TimestampMs + ms },
                    })]);
                    AssertBounded(Place(fixture, mode, $"r{i}", 100), 0, 1e18);
                    if (ms % 2 == 0)
                    {
                        fixture.Release($"r{i}", "a");
                        fixture.Release($"r{i}", "b");
                    }
                }

                fixture.Time.Advance(TimeSpan.FromSeconds(1));
                foreach (InstanceReading reading in fleet)
                {
                    fixture.Update(With(reading, int.MaxValue, 5000) with { Status = With(reading, 7, 1_000_000).Status with { UpdateId = 10_000 } });
                }

                // The last statuses have no load, so that the request's own and what is in flight are all that is predicted.
                AssertBounded(Place(fixture, mode, "last", 500), 0.1, 1e6);
                Assert.All(fixture.Scheduler.CaptureCalibration().Errors, static errors => Assert.InRange(errors.EligibleShare, 0.25, 1));
                Assert.All(fixture.Scheduler.CaptureCalibration().Tables, static table => Assert.InRange(table.Ratio, 0.24, 4.01));
            },
            iter: 100);
    }

    /// <summary>The predictions of a placement, each of the instance that it concerns.</summary>
    private static void AssertBounded(Placement placement, double leastMs, double mostMs)
    {
        PlacedInstance last = placement.Second ?? placement.First;
        Assert.InRange(placement.First.PredictedTtftMs!.Value, leastMs, mostMs);
        Assert.InRange(last.PredictedTpotMs!.Value, leastMs, mostMs);
    }

    private static Placement Place(SchedulerFixture fixture, SchedulingMode mode, string id, int tokens)
    {
        Assert.Equal(ScheduleOutcome.Placed, fixture.Scheduler.Schedule(new PlacementRequest(id, mode, default, tokens), out Placement placement));
        return placement;
    }

    private static InstanceReading With(InstanceReading reading, int step, double ms, int decodes = 0, int prefills = 0) => reading with
    {
        Status = reading.Status with
        {
            StepId = step,
            UpdateId = reading.Status.UpdateId + step + 1,
            TimestampMs = reading.Status.TimestampMs + (long)ms,
            SchedulerRunningToDecodeRequests = decodes,
            SchedulerRunningToDecodeTokens = decodes * 500,
            UncomputedTokensSchedulerRunningPrefills = prefills,
        },
    };

    private static double Tpot(SchedulerFixture fixture, string id) => Placed(fixture, id, 100).First.PredictedTpotMs!.Value;

    private static double Ttft(SchedulerFixture fixture, string id, int backlog) =>
        Placed(fixture, id, 500).First.PredictedTtftMs!.Value / (backlog + 500);

    private static Placement Placed(SchedulerFixture fixture, string id, int tokens)
    {
        Assert.Equal(ScheduleOutcome.Placed, fixture.Scheduler.Schedule(
            new PlacementRequest(id, SchedulingMode.Neutral, default, tokens, null), out Placement placement));
        fixture.Release(id, "a");
        return placement;
    }
}
