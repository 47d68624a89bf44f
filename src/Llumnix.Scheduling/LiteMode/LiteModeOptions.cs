using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.LiteMode;

/// <summary>Options of lite-mode scheduling beside the policy.</summary>
public sealed record LiteModeOptions
{
    /// <summary>Whether a request goes only to instances of its model, or to instances without a named model: <c>--multi-model-support</c>.</summary>
    public bool IsMultiModelSupported { get; init; }

    /// <summary>Lifetime of a request state whose gateway is not connected, from its placement or last report on. Positive.</summary>
    public TimeSpan StateLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Lifetime of a request state that is added after its gateway was lost, by a call that was still under way. Positive.</summary>
    public TimeSpan LostGatewayStateLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest number of request states; a further one replaces the least recently placed or reported. At least 1.</summary>
    public int MaxStates { get; init; } = 1 << 20;

    /// <summary>How many decisions are recorded for operators to look at, 2 or more; 0 for none.</summary>
    public int DecisionHistory { get; init; }

    /// <summary>This scheduler among its replicas; null: it has none, and its ledger is told to nobody.</summary>
    public ReplicaKey? Replica { get; init; }

    /// <summary>
    /// Largest number of tokens that one request counts; a larger number from a gateway is cut to it, so that one absurd number cannot make an instance
    /// look full. Positive.
    /// </summary>
    public int MaxTokensPerState { get; init; } = 1 << 20;
}
