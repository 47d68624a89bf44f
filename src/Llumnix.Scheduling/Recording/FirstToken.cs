namespace Llumnix.Scheduling.Recording;

/// <summary>A first token that a gateway has reported for a recorded decision.</summary>
/// <param name="Sequence">The decision.</param>
/// <param name="AtMs">When the report came, milliseconds of the scheduler's clock.</param>
/// <param name="TtftMs">The time since the decision, milliseconds.</param>
public readonly record struct FirstToken(long Sequence, double AtMs, double TtftMs);
