namespace Llumnix.Simulation.Fleet;

/// <summary>A clock that only moves when it is set. Its wall clock starts at the beginning of 2026.</summary>
public sealed class VirtualClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Time since the start of the simulation.</summary>
    public TimeSpan Now { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start + Now;

    /// <inheritdoc/>
    public override long GetTimestamp() => Now.Ticks;
}
