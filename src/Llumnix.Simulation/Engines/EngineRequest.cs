using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Engines;

/// <summary>A request as an engine receives it.</summary>
public sealed class EngineRequest
{
    /// <summary>The engine's id of the request, unique among those that it holds.</summary>
    public required string Id { get; init; }

    /// <summary>Prompt length, at least 1.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Number of tokens after which the request ends on this engine, at least 1. A prefill-only request always ends after 1.</summary>
    public required int OutputTokens { get; init; }

    /// <summary>
    /// The stages that this engine executes: <see cref="InferType.Neutral"/> both; <see cref="InferType.Prefill"/> ends with the first token and
    /// keeps the KV until it is pulled; <see cref="InferType.Decode"/> loads the prompt's KV, then makes all its tokens in decode steps.
    /// </summary>
    public InferType Role { get; init; } = InferType.Neutral;

    /// <summary>
    /// For a decode request whose prefill ran on this same engine: the prefill request's id. Its KV is taken over without a transfer; if it is no
    /// longer held, the prompt is computed again.
    /// </summary>
    public string? LocalPrefillId { get; init; }

    /// <summary>
    /// For a decode request whose prompt another engine is still computing: its load begins with <see cref="EngineModel.StartLoad"/>;
    /// <see cref="EngineModel.LoseKv"/> makes this engine compute the prompt.
    /// </summary>
    public bool IsKvPending { get; init; }

    /// <summary>
    /// Content ids of the prompt's prefix blocks, each depending on all before it, so that equal ids mean equal prefixes.
    /// An id of the prompt's incomplete last block is ignored. Empty: nothing to share.
    /// </summary>
    public ReadOnlyMemory<ulong> ContentIds { get; init; }

    /// <summary>An object of the caller that every event of the request carries.</summary>
    public object? Context { get; init; }
}
