using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;
using Llumnix.Testing.Time;

namespace Llumnix.Scheduling.Tests;

/// <summary>A full-mode scheduler on a clock that stands still until told otherwise.</summary>
internal sealed class SchedulerFixture
{
    private List<InstanceReading> _readings = [];

    internal SchedulerFixture(string policy = "load-balance", FullModeOptions? settings = null, PolicyOptions? policies = null, int seed = 1)
    {
        Time = new WallClockTimeProvider();
        MetricCatalogue<FullModeInstance> catalogue = FullModeMetrics.Catalogue(settings?.PrefillProgress.IsEnabled ?? false, settings?.LatencyPredictor);
        Policy = new FullModePolicies(catalogue, settings?.LatencyPredictor).Build(policy, policies ?? new PolicyOptions());
        Scheduler = new FullModeScheduler(
            Policy,
            settings ?? new FullModeOptions(),
            Time,
            new Random(seed));
        Scheduler.SetStoreAvailable(true);
    }

    internal WallClockTimeProvider Time { get; }

    internal SchedulingPolicy<FullModeInstance> Policy { get; }

    internal FullModeScheduler Scheduler { get; }

    internal SchedulerFixture With(params InstanceReading[] readings)
    {
        _readings = [.. readings];
        Scheduler.Synchronize(_readings);
        return this;
    }

    /// <summary>Replaces the reading of one instance.</summary>
    internal void Update(InstanceReading reading)
    {
        int index = _readings.FindIndex(r => r.Metadata.InstanceId == reading.Metadata.InstanceId);
        _readings[index] = reading;
        Scheduler.Synchronize([.. _readings]);
    }

    internal InstanceSnapshot this[string id] => Scheduler.Snapshot().Instances.Single(i => i.Metadata.InstanceId == id);

    internal ScheduleOutcome Neutral(string requestId, out string? instance, int tokens = 100, PrefixHits? hits = null)
    {
        ScheduleOutcome outcome = Scheduler.Schedule(
            new PlacementRequest(requestId, SchedulingMode.Neutral, default, tokens, hits), out Placement placement);
        instance = placement.First.Instance?.InstanceId;
        return outcome;
    }

    internal string? Neutral(string requestId, int tokens = 100, PrefixHits? hits = null)
    {
        Neutral(requestId, out string? instance, tokens, hits);
        return instance;
    }

    internal ScheduleOutcome Pair(string requestId, out Placement placement, int tokens = 100) => Scheduler.Schedule(
        new PlacementRequest(requestId, SchedulingMode.PdBatch, default, tokens), out placement);

    internal ScheduleOutcome Staged(string requestId, InferType stage, out Placement placement, int tokens = 100) => Scheduler.Schedule(
        new PlacementRequest(requestId, SchedulingMode.PdStaged, stage, tokens), out placement);

    /// <summary>The instance that a stage of a request goes to; null when it is refused.</summary>
    internal string? Staged(string requestId, InferType stage, int tokens = 100) =>
        Staged(requestId, stage, out Placement placement, tokens) == ScheduleOutcome.Placed ? placement.First.Instance.InstanceId : null;

    internal void Release(string requestId, string instanceId, InferType? role = null) =>
        Scheduler.Release(requestId, new ReleasedInstance($"ip-{instanceId}", 8000, role));
}
