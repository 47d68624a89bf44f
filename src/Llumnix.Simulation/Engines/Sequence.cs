using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Engines;

/// <summary>An engine's state of one request.</summary>
internal sealed class Sequence(EngineRequest request, ReadOnlyMemory<ulong> contentIds)
{
    public EngineRequest Request { get; } = request;

    /// <summary>Ids of the prompt's complete prefix blocks; empty without a prefix cache.</summary>
    public ReadOnlyMemory<ulong> ContentIds { get; set; } = contentIds;

    public SequencePhase Phase { get; set; }

    /// <summary>Whether the prompt's KV comes from elsewhere. False again once that KV is lost.</summary>
    public bool NeedsLoad { get; set; }

    /// <summary>Whether another engine is still computing the prompt's KV: the load has not begun.</summary>
    public bool IsKvPending { get; set; } = request.IsKvPending;

    /// <summary>Whether its prefill has begun before, here or elsewhere, so that a further one computes what was lost.</summary>
    public bool IsPrefilledBefore { get; set; } = request.Role == InferType.Decode;

    /// <summary>The migration to another engine that is under way.</summary>
    public MigrationSource? Migration { get; set; }

    /// <summary>While stopped, having waited: the next in the queue then; null if it was the last.</summary>
    public Sequence? WaitedBefore { get; set; }

    /// <summary>Tokens emitted, those at the source of a migration included.</summary>
    public int Emitted { get; set; }

    /// <summary>Tokens whose KV is there.</summary>
    public int Computed { get; set; }

    /// <summary>Tokens that the step under way computes.</summary>
    public int Scheduled { get; set; }

    /// <summary>KV blocks held, shared ones included.</summary>
    public int Blocks { get; set; }

    /// <summary>Leading prefix blocks that this sequence holds in the prefix cache.</summary>
    public int SharedPrefixBlocks { get; set; }

    /// <summary>While waiting: leading prefix blocks that the cache had when last asked.</summary>
    public int CachedPrefixBlocks { get; set; }

    /// <summary>While loading: whether its KV came by a migration, which nobody else has to be told of.</summary>
    public bool IsLoadSilent { get; set; }

    /// <summary>While loading: when the KV is there, <see cref="TimeSpan.MaxValue"/> while it is pending. While held: when it is dropped.</summary>
    public TimeSpan Due { get; set; }

    public int OutputTokens { get; } = request.Role == InferType.Prefill ? 1 : request.OutputTokens;

    /// <summary>Prompt and emitted tokens. All but the newest emitted one have KV once the prefill is complete.</summary>
    public int Tokens => Request.PromptTokens + Emitted;

    public int Uncomputed => Tokens - Computed;

    /// <summary>Whether decode steps are to come on this engine.</summary>
    public bool WillDecode => Phase == SequencePhase.Decoding || NeedsLoad || OutputTokens - Emitted > 1;
}
