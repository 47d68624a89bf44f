namespace Llumnix.Server.Rescheduling;

/// <summary>A migration that was planned, or considered and dropped. Immutable.</summary>
/// <param name="Policy">The rescheduling policy.</param>
/// <param name="SourceId">The instance that requests leave.</param>
/// <param name="DestinationId">The instance that they go to.</param>
public sealed record MigrationRecord(string Policy, string SourceId, string DestinationId)
{
    /// <summary>Its number, growing by one with each record.</summary>
    public long Sequence { get; init; }

    /// <summary>The number of its last change, over all records.</summary>
    public long Change { get; init; }

    /// <summary>When it was planned, Unix time in milliseconds.</summary>
    public double AtMs { get; init; }

    /// <summary><c>dropped</c>, <c>planned</c>, or the outcome as metrics name it.</summary>
    public string State { get; init; } = "";

    /// <summary>Why it was planned or dropped.</summary>
    public string Why { get; init; } = "";

    /// <summary>What the llumlet said, or why it was not asked.</summary>
    public string Answer { get; init; } = "";

    /// <summary>Which requests are to move; empty for a dropped one.</summary>
    public string Selection { get; init; } = "";

    /// <summary>Time until the answer, in milliseconds; null while there is none.</summary>
    public double? DurationMs { get; init; }
}
