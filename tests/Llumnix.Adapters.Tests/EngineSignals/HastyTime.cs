using System.Collections.Concurrent;

namespace Llumnix.Adapters.Tests.EngineSignals;

/// <summary>Notes how long timers should take, and lets each take a twentieth of that.</summary>
internal sealed class HastyTime : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    internal IReadOnlyCollection<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        bool isWait = dueTime > TimeSpan.Zero;
        if (isWait)
        {
            _waits.Enqueue(dueTime);
        }

        return base.CreateTimer(callback, state, isWait ? dueTime / 20 : dueTime, period);
    }
}
