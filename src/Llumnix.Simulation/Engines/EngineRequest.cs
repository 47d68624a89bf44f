using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Engines;

/// <summary>A request as an engine receives it.</summary>
public sealed class EngineRequest
{
    /// <summary>The engine's id of the request, unique among those that it holds.</summary>
    public required string Id { get; init; }

    /// <summary>Prompt length, at least 1.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens that this engine makes before the request ends, at least 1. A prefill-only request makes 1 whatever stands here.</summary>
    public required int OutputTokens { get; init; }

    /// <summary>
    /// What this engine does: <see cref="InferType.Neutral"/> both stages; <see cref="InferType.Prefill"/> ends with its first token and
    /// keeps its KV until it is pulled; <see cref="InferType.Decode"/> loads the prompt's KV, then makes all its tokens in decode steps.
    /// </summary>
    public InferType Role { get; init; } = InferType.Neutral;

    /// <summary>
    /// For a decode request whose prefill ran on this same engine: the prefill request's id. Its KV is taken over without a transfer;
    /// the prompt is computed again if it is not held any more.
    /// </summary>
    public string? LocalPrefillId { get; init; }

    /// <summary>
    /// For a decode request whose prompt another engine is still computing: its load begins with <see cref="EngineModel.StartLoad"/>;
    /// <see cref="EngineModel.LoseKv"/> has the prompt computed here.
    /// </summary>
    public bool IsKvPending { get; init; }

    /// <summary>
    /// Content ids of the prompt's prefix blocks, each depending on all before it, so that equal ids mean equal prefixes.
    /// An id of the prompt's incomplete last block is ignored. Empty: nothing to share.
    /// </summary>
    public ReadOnlyMemory<ulong> ContentIds { get; init; }

    /// <summary>The caller's own object; handed back with every event.</summary>
    public object? Context { get; init; }
}
