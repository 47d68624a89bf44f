using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests.Calibration;

/// <summary>A scheduler over engines of several kinds, each predicted from its own tables.</summary>
public sealed class ProfileClassSchedulerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Schedule_FastAndSlowEngines_GoesToTheFastOneAndSaysItsClass()
    {
        FullModeScheduler scheduler = Make(fallback: Tables(500));
        scheduler.Synchronize([Of("a", "slow"), Of("b", "fast"), Of("c", "other")]);
        Placement placement = Placed(scheduler, "r");
        Assert.Equal("b", placement.First.Instance.InstanceId);
        Assert.Equal(10, placement.First.PredictedTtftMs);
        Assert.Equal(
            ["a slow", "b fast", "c default"],
            scheduler.Explain(Request("q")).Single().Candidates.Select(static c => $"{c.InstanceId} {c.LatencyClass}").Order());
    }

    [Fact]
    public void Schedule_EngineOfNoClassAndNoDefault_IsTheLastChoiceAndHasNoPrediction()
    {
        FullModeScheduler scheduler = Make(fallback: null);
        scheduler.Synchronize([Of("a", "other"), Of("b", "slow")]);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("b", Placed(scheduler, $"r{i}").First.Instance.InstanceId);
        }

        scheduler.Synchronize([Of("a", "other")]);
        Placement placement = Placed(scheduler, "last");
        Assert.Equal("a", placement.First.Instance.InstanceId);
        Assert.Null(placement.First.PredictedTtftMs);
        Assert.Null(placement.First.PredictedTpotMs);
        Assert.Equal("none", Assert.Single(scheduler.Snapshot().Instances).LatencyClass);
        Assert.Empty(scheduler.CaptureCalibration().Tables);
    }

    [Fact]
    public void Synchronize_MetadataNameAnotherClass_ItsTablesCountFromThen()
    {
        FullModeScheduler scheduler = Make(fallback: null);
        InstanceReading reading = Of("a", "slow");
        scheduler.Synchronize([reading]);
        Assert.Equal(100, Placed(scheduler, "r1").First.PredictedTtftMs);
        scheduler.Synchronize([reading with { Metadata = reading.Metadata with { Labels = "gpu=fast" } }]);
        Assert.Equal("fast", Assert.Single(scheduler.Snapshot().Instances).LatencyClass);
        Assert.InRange(Placed(scheduler, "r2").First.PredictedTtftMs!.Value, 10, 50);
        Assert.Equal(["fast", "slow"], scheduler.CaptureCalibration().Errors.Select(static errors => errors.Class).Distinct().Order());
    }

    private static LatencyProfile Tables(double prefillMs) => new(new LatencyCurve([1], [prefillMs]), new LatencyGrid([1], [8], [5]));

    private static ProfileRule Rule(string gpu, double prefillMs) => new(gpu, [new InstanceCondition(InstanceTrait.OfLabel("gpu"), [gpu])], Tables(prefillMs));

    private static InstanceReading Of(string id, string gpu) => Readings.Of(id, metadata: m => m with { InferType = InferType.Neutral, Labels = $"gpu={gpu}" });

    private static PlacementRequest Request(string id) => new(id, SchedulingMode.Neutral, default, 100);

    private static Placement Placed(FullModeScheduler scheduler, string id)
    {
        Assert.Equal(ScheduleOutcome.Placed, scheduler.Schedule(Request(id), out Placement placement));
        return placement;
    }

    private FullModeScheduler Make(LatencyProfile? fallback)
    {
        var predictor = new LatencyPredictor(new ProfileClasses([Rule("slow", 100), Rule("fast", 10)], fallback));
        var scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(predictor: predictor), predictor).Build(
                "slo", new PolicyOptions { Slo = new SloOptions { Overload = SloOverload.Spread } }),
            new FullModeOptions { LatencyPredictor = predictor, Calibration = new CalibrationOptions { Mode = LatencyCorrectionMode.Observe } },
            _time,
            new Random(1));
        scheduler.SetStoreAvailable(true);
        return scheduler;
    }
}
