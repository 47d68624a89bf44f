namespace Llumnix.Simulation.Fleet;

/// <summary>Something that goes wrong with an engine for a while.</summary>
/// <param name="Kind">What.</param>
/// <param name="Engine">Which engine, from 0.</param>
/// <param name="At">When.</param>
/// <param name="Duration">For how long.</param>
public sealed record EngineFault(EngineFaultKind Kind, int Engine, TimeSpan At, TimeSpan Duration);
