using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>A scheduling policy as data: filters and a selector for each role.</summary>
/// <param name="Name">The name in configuration.</param>
/// <param name="Neutral">For the neutral role: a whole request on one instance.</param>
/// <param name="Prefill">For the prefill role.</param>
/// <param name="Decode">For the decode role.</param>
public sealed record SchedulingPolicy<TInstance>(
    string Name,
    RolePolicy<TInstance> Neutral,
    RolePolicy<TInstance> Prefill,
    RolePolicy<TInstance> Decode)
    where TInstance : Instance
{
    /// <summary>Whether every instance may take every role, whatever its infer type.</summary>
    public bool IgnoresInferTypes { get; init; }

    /// <summary>The policy's state between decisions; null when it has none. Not shared with another policy.</summary>
    public PolicyState<TInstance>? State { get; init; }

    /// <summary>The share that its selectors read, which the scheduler keeps current; null when they read none. Not shared with another policy.</summary>
    public ReplicaShare? Share { get; init; }

    /// <summary>The policy of a role.</summary>
    public RolePolicy<TInstance> For(InferType role) => role switch
    {
        InferType.Prefill => Prefill,
        InferType.Decode => Decode,
        _ => Neutral,
    };

    /// <summary>Every metric that the policy reads, each once.</summary>
    public IReadOnlyList<InstanceMetric<TInstance>> Metrics =>
        [.. Neutral.Metrics.Concat(Prefill.Metrics).Concat(Decode.Metrics).Distinct()];
}
