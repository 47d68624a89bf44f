using System.Threading.Channels;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>Wakes one waiting loop, at a call or when its time is up. A call while nobody waits is remembered once. May wake for nothing.</summary>
internal sealed class WakeSignal : IDisposable
{
    private readonly Channel<bool> _pending =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ITimer _timer;

    public WakeSignal(TimeProvider timeProvider) =>
        _timer = timeProvider.CreateTimer(
            static state => ((WakeSignal)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Set() => _pending.Writer.TryWrite(true);

    /// <param name="timeout">When to wake at the latest; null = only at a call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WaitAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        _timer.Change(timeout is { } time ? Clamp(time) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await _pending.Reader.ReadAsync(cancellationToken);
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    // Timers count whole milliseconds; rounding down would wake in a loop until the time is really there.
    private static TimeSpan Clamp(TimeSpan time) => time <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds));
}
