using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Replication;

/// <summary>A change of one entry: a request in one role on one instance. Texts are never null; what a kind does not need is empty or 0.</summary>
public readonly record struct LedgerChange
{
    /// <summary>What happened.</summary>
    public required LedgerChangeKind Kind { get; init; }

    /// <summary>The request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The request's role in the entry.</summary>
    public required InferType Role { get; init; }

    /// <summary>Number of the entry, unique in its owner: the sequence number of the change that added it.</summary>
    public long EntryId { get; init; }

    /// <summary>
    /// Whose entry it is: 0 is the sender's; otherwise the position in <see cref="LedgerBatch.Owners"/>, from 1 on. A change of another's entry is a wish: its
    /// owner carries it out and tells of it in its own changes.
    /// </summary>
    public int Owner { get; init; }

    /// <summary>The scheduler's id of the instance; with <see cref="LedgerChangeKind.Added"/> only.</summary>
    public string InstanceId { get; init; }

    /// <summary>The gateway; empty in full mode.</summary>
    public string GatewayId { get; init; }

    /// <summary>Tokens of the prompt, with <see cref="LedgerChangeKind.Added"/>.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Those of them that the instance has to compute, with <see cref="LedgerChangeKind.Added"/>; 0 in lite mode.</summary>
    public long UncomputedTokens { get; init; }

    /// <summary>Tokens of prompt and output so far, with <see cref="LedgerChangeKind.Added"/> and <see cref="LedgerChangeKind.Progressed"/>.</summary>
    public long Tokens { get; init; }

    /// <summary>Whether its first token is out, as far as is known.</summary>
    public bool IsPrefillDone { get; init; }

    /// <summary>Whether only a report has made it known: lite mode.</summary>
    public bool IsFromReport { get; init; }

    /// <summary>When it happened, by the sender's monotonic clock; <see cref="LedgerBatch.ReadAt"/> minus this is its age.</summary>
    public long At { get; init; }
}
