namespace Llumnix.Simulation.Fleet;

/// <summary>A temporary fault of an engine.</summary>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Engine">The engine's index, from 0.</param>
/// <param name="At">When it begins.</param>
/// <param name="Duration">How long it lasts.</param>
public sealed record EngineFault(EngineFaultKind Kind, int Engine, TimeSpan At, TimeSpan Duration)
{
    /// <summary>How many times as long a step takes while the engine is slow, above 0; for <see cref="EngineFaultKind.Slow"/>.</summary>
    public double Factor { get; init; } = 1.25;
}
