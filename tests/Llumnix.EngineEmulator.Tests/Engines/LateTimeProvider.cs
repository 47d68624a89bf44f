using Microsoft.Extensions.Time.Testing;

namespace Llumnix.EngineEmulator.Tests.Engines;

/// <summary>A clock that jumps to each new timer's due time, and a bit further: every timer is late by the same time.</summary>
internal sealed class LateTimeProvider(TimeSpan lateness) : FakeTimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
        {
            Advance(dueTime + lateness);
        }

        return timer;
    }
}
