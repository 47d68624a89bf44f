using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Gateway.Placement;

/// <summary>What is asked for a request.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Model">The model; empty when the client names none.</param>
/// <param name="PromptTokens">Length of the prompt in tokens, 0 or above.</param>
public sealed record PlacementQuery(string RequestId, string Model, int PromptTokens)
{
    /// <summary>The trace that the request belongs to, as W3C <c>traceparent</c>; empty for none.</summary>
    public string TraceParent { get; init; } = "";

    /// <summary>The prompt's token ids, where they are known and to be told to schedulers; else null.</summary>
    public IReadOnlyList<uint>? PromptTokenIds { get; init; }

    /// <summary>What identifies the prompt's beginning, where it is to be told to schedulers; else empty.</summary>
    public PromptPrefix Prefix { get; init; }

    /// <summary>How the request is served. <see cref="SchedulingMode.PdBatch"/> asks for a prefill and a decode instance in one call.</summary>
    public SchedulingMode Mode { get; init; }

    /// <summary>With <see cref="SchedulingMode.PdStaged"/>: which of the two instances this call asks for. Otherwise not looked at.</summary>
    public InferType Stage { get; init; }

    /// <summary>Ids of instances that it must not go to.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Whether it is asked for the first time since an engine has failed the request.</summary>
    public bool IsRetry { get; init; }
}
