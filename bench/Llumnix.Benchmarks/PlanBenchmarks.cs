using BenchmarkDotNet.Attributes;
using Llumnix.Scheduling;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.AdaptivePd.BinPacking;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Benchmarks;

/// <summary>One rescheduling cycle without its calls: copying the cluster under the lock, and planning.</summary>
[MemoryDiagnoser]
public class PlanBenchmarks
{
    private FullModeScheduler _scheduler = null!;
    private ReschedulingPlanner _planner = null!;

    /// <summary>Fleet size.</summary>
    [Params(16, 1024)]
    public int Instances { get; set; }

    /// <summary>Builds the fleet: half of the decode instances are sources.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _scheduler = BenchmarkFleet.MakeSlo(Instances, isDisaggregated: true, isAdaptivePd: true);
        _planner = ReschedulingPolicies.Planner(
            new PlannerOptions
            {
                Policies = ReschedulingPolicies.Names,
                Decode = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5),
            },
            FullModeMetrics.Catalogue(),
            AdaptivePdTargets.Of(
                new SloOptions { Tpot = TimeSpan.FromMilliseconds(16), TpotDispatchThreshold = 0.875 },
                new AdaptivePdOptions { MigrateOutCeilThreshold = 1, MigrateOutFloorThreshold = 0.5 },
                BenchmarkFleet.Predictor));
    }

    /// <summary>The part under the lock.</summary>
    [Benchmark]
    public ReschedulingSnapshot Capture() => _scheduler.CaptureForRescheduling();

    /// <summary>The whole cycle.</summary>
    [Benchmark]
    public ReschedulingPlan Cycle() => _planner.Plan(_scheduler.CaptureForRescheduling());
}
