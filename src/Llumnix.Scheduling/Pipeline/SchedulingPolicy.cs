using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>A scheduling policy as data: for each role, how its instance is chosen.</summary>
/// <param name="Name">The name in configuration.</param>
/// <param name="Neutral">For requests in neutral mode.</param>
/// <param name="Prefill">For the prefill part of a disaggregated request.</param>
/// <param name="Decode">For its decode part.</param>
public sealed record SchedulingPolicy<TInstance>(
    string Name,
    RolePolicy<TInstance> Neutral,
    RolePolicy<TInstance> Prefill,
    RolePolicy<TInstance> Decode)
    where TInstance : Instance
{
    /// <summary>Whether every instance may take every role: roles are then per request, and no instance is left out for its infer type.</summary>
    public bool IgnoresInferTypes { get; init; }

    /// <summary>What the policy remembers between decisions; null where it remembers nothing. Not shared with another policy.</summary>
    public PolicyState<TInstance>? State { get; init; }

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
