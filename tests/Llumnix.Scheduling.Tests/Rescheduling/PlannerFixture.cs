using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.AdaptivePd.BinPacking;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Rescheduling;

/// <summary>Snapshots by hand, and what a planner makes of them.</summary>
internal static class PlannerFixture
{
    /// <summary>Bin packing relieves from 20 ms, empties below 8 ms and moves to instances below 16 ms.</summary>
    internal static AdaptivePdTargets Targets(AdaptivePdRules rules = AdaptivePdRules.Plain, int expectedOutputTokens = 256) => AdaptivePdTargets.Of(
        new SloOptions { Tpot = TimeSpan.FromMilliseconds(20), TpotDispatchThreshold = 0.8, ExpectedOutputTokens = expectedOutputTokens },
        new AdaptivePdOptions { MigrateOutCeilThreshold = 1, MigrateOutFloorThreshold = 0.4, Rules = rules },
        RoundProfile.Predictor);

    /// <summary>The pairs as <c>source&gt;destination</c>.</summary>
    internal static string[] Pairs(PlannerOptions options, params FullModeInstance[] instances) =>
        Show(Plan(options, new ReschedulingSnapshot(Sorted(instances))));

    internal static ReschedulingPlan Plan(PlannerOptions options, ReschedulingSnapshot snapshot, RestingInstances? resting = null) =>
        ReschedulingPolicies.Planner(options, FullModeMetrics.Catalogue(predictor: RoundProfile.Predictor), Targets())
            .Plan(snapshot, resting);

    internal static string[] Show(ReschedulingPlan plan) => [.. plan.Pairs.Select(pair => $"{pair.Source.InstanceId}>{pair.Destination.InstanceId}")];

    internal static FullModeInstance[] Sorted(IEnumerable<FullModeInstance> instances) =>
        [.. instances.OrderBy(i => i.InferType).ThenBy(i => i.Id, StringComparer.Ordinal)];

    /// <param name="id">Its id.</param>
    /// <param name="type">Its infer type.</param>
    /// <param name="used">Used KV tokens of 1,000.</param>
    /// <param name="health">Its health.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="batch">Decodes, with 100 tokens each: a step of 2·batch + 1 ms.</param>
    /// <param name="running">Running requests.</param>
    internal static FullModeInstance Instance(
        string id,
        InferType type = InferType.Decode,
        int used = 0,
        InstanceHealth health = InstanceHealth.Ok,
        string unit = "",
        int batch = 0,
        int running = 10)
    {
        InstanceReading reading = Readings.Of(
            id,
            type,
            m => m with { UnitId = unit },
            s => s with
            {
                TotalGpuTokens = 1000,
                UsedGpuTokens = used,
                RunningRequestCount = running,
                SchedulerRunningToDecodeRequests = batch,
                SchedulerRunningToDecodeTokens = batch * 100,
            });
        return new FullModeInstance(reading.Metadata, reading.Status) { Health = health, IsStale = health == InstanceHealth.Stale };
    }
}
