namespace Llumnix.Scheduling.Requests;

/// <summary>The outcome of a decision: one instance, or a prefill instance and a decode instance.</summary>
/// <param name="First">The only instance; with a pair, the prefill instance.</param>
/// <param name="Second">The decode instance of <see cref="SchedulingMode.PdBatch"/>; else null.</param>
public readonly record struct Placement(PlacedInstance First, PlacedInstance? Second);
