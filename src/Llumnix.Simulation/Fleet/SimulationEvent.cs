namespace Llumnix.Simulation.Fleet;

/// <summary>Something that happens at a moment.</summary>
/// <param name="At">When, in ticks since the start.</param>
/// <param name="Order">Of two events at the same moment the one that was entered first goes first.</param>
/// <param name="Kind">What.</param>
/// <param name="Index">An engine or a request, as the kind says; else 0.</param>
/// <param name="Subject">A further object, as the kind says.</param>
internal readonly record struct SimulationEvent(long At, long Order, SimulationEventKind Kind, int Index, object? Subject);
