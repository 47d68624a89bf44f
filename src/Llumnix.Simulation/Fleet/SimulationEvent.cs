namespace Llumnix.Simulation.Fleet;

/// <summary>An event of the simulation.</summary>
/// <param name="At">When, in ticks since the start.</param>
/// <param name="Order">Sequence number: of two events at the same time the one added first comes first.</param>
/// <param name="Kind">The kind of event.</param>
/// <param name="Index">The index of an engine or a request, depending on the kind; else 0.</param>
/// <param name="Subject">A further object, depending on the kind.</param>
internal readonly record struct SimulationEvent(long At, long Order, SimulationEventKind Kind, int Index, object? Subject);
