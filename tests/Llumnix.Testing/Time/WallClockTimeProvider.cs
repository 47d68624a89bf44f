using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Testing.Time;

/// <summary>Fake time with a wall clock that can be set without time passing.</summary>
public sealed class WallClockTimeProvider : FakeTimeProvider
{
    private TimeSpan _offset;

    /// <summary>Sets the wall clock forward, or back, as NTP does.</summary>
    public void SetWallClock(TimeSpan by) => _offset += by;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;

    /// <inheritdoc/>
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
