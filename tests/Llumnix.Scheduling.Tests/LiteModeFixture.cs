using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests;

/// <summary>A lite-mode scheduler on a clock that stands still until told otherwise.</summary>
internal sealed class LiteModeFixture
{
    internal LiteModeFixture(
        string policy = "load-balance", LiteModeOptions? settings = null, string metric = "num_tokens", int topK = 1,
        FakeTimeProvider? time = null)
    {
        Time = time ?? new FakeTimeProvider();
        var dispatch = new LoadCriterion(metric, 1_000_000);
        Scheduler = new LiteModeScheduler(
            new LiteModePolicies(new MetricCatalogue<LiteModeInstance>(LiteModeMetrics.All)).Build(
                policy, new PolicyOptions { Dispatch = new DispatchOptions { Neutral = dispatch, Prefill = dispatch, Decode = dispatch, TopK = topK } }),
            settings ?? new LiteModeOptions(),
            Time,
            new Random(1));
    }

    internal FakeTimeProvider Time { get; }

    internal LiteModeScheduler Scheduler { get; }

    internal TrackedLoad this[string id] => Scheduler.Snapshot().Instances.Single(i => i.Description.Id == id).Tracked;

    internal static DiscoveredInstance Of(string id, InferType type = InferType.Neutral, long version = 0, string model = "") => new()
    {
        Id = id,
        InferType = type,
        Host = $"ip-{id}",
        Port = 8000,
        Version = version,
        Model = model,
    };

    internal LiteModeFixture With(params DiscoveredInstance[] instances)
    {
        Scheduler.Synchronize(instances);
        return this;
    }

    internal ScheduleOutcome Schedule(
        string id,
        out Placement placement,
        SchedulingMode mode = SchedulingMode.Neutral,
        InferType stage = default,
        int tokens = 100,
        string gateway = "g",
        string model = "") =>
        Scheduler.Schedule(new PlacementRequest(id, mode, stage, tokens, null, model, gateway), out placement);

    internal string? Neutral(string id, int tokens = 100, string gateway = "g", string model = "") =>
        Schedule(id, out Placement placement, tokens: tokens, gateway: gateway, model: model) == ScheduleOutcome.Placed
            ? placement.First.Instance.WireId
            : null;

    internal int Report(string id, string instance, long tokens, bool isPrefillDone = false, string gateway = "g")
    {
        var batch = new RequestProgressBatch();
        batch.Add(id, instance, tokens, isPrefillDone, gateway);
        return Scheduler.Report(batch);
    }

    internal void Release(string id, string instance, long version = 0, string gateway = "g") =>
        Scheduler.Release(id, new ReleasedInstance("", 0, null, instance, version, GatewayId: gateway));
}
