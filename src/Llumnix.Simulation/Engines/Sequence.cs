using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Engines;

/// <summary>An engine's state of one request.</summary>
internal sealed class Sequence(EngineRequest request, ReadOnlyMemory<ulong> contentIds)
{
    public EngineRequest Request { get; } = request;

    /// <summary>Ids of the prompt's complete prefix blocks; empty without a prefix cache.</summary>
    public ReadOnlyMemory<ulong> ContentIds { get; set; } = contentIds;

    public SequencePhase Phase { get; set; }

    /// <summary>Whether the prompt's KV comes from another engine. False again once that KV is lost.</summary>
    public bool NeedsLoad { get; set; }

    /// <summary>Whether another engine is still computing the prompt's KV, so that the load has not begun.</summary>
    public bool IsKvPending { get; set; } = request.IsKvPending;

    /// <summary>Whether a prefill of it has begun before, here or elsewhere, so that a further one only recomputes.</summary>
    public bool IsPrefilledBefore { get; set; } = request.Role == InferType.Decode;

    /// <summary>The migration to another engine in progress, if any.</summary>
    public MigrationSource? Migration { get; set; }

    /// <summary>For a request stopped while it waited: the request after it in the queue; null if it was the last.</summary>
    public Sequence? WaitedBefore { get; set; }

    /// <summary>Emitted tokens, those emitted at the source of a migration included.</summary>
    public int Emitted { get; set; }

    /// <summary>Tokens that have KV.</summary>
    public int Computed { get; set; }

    /// <summary>Tokens that the step in progress computes.</summary>
    public int Scheduled { get; set; }

    /// <summary>KV blocks held, shared ones included.</summary>
    public int Blocks { get; set; }

    /// <summary>Leading prefix blocks that this sequence uses in the prefix cache.</summary>
    public int SharedPrefixBlocks { get; set; }

    /// <summary>While waiting: number of leading prefix blocks in the cache at the last look.</summary>
    public int CachedPrefixBlocks { get; set; }

    /// <summary>While loading: whether its KV comes by a migration, whose end causes no event.</summary>
    public bool IsLoadSilent { get; set; }

    /// <summary>While loading: when the KV is there, <see cref="TimeSpan.MaxValue"/> while it is pending. While held: when it is dropped.</summary>
    public TimeSpan Due { get; set; }

    public int OutputTokens { get; } = request.Role == InferType.Prefill ? 1 : request.OutputTokens;

    /// <summary>Prompt and emitted tokens. All but the newest emitted one have KV once the prefill is complete.</summary>
    public int Tokens => Request.PromptTokens + Emitted;

    public int Uncomputed => Tokens - Computed;

    /// <summary>Whether it will run decode steps on this engine.</summary>
    public bool WillDecode => Phase == SequencePhase.Decoding || NeedsLoad || OutputTokens - Emitted > 1;
}
