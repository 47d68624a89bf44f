using System.Threading.Channels;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>
/// Wakes one waiting loop, by a call or after a timeout. A call while the loop is not waiting is remembered once. May wake spuriously.
/// </summary>
internal sealed class WakeSignal : IDisposable
{
    private readonly Channel<bool> _pending =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ITimer _timer;

    public WakeSignal(TimeProvider timeProvider) =>
        _timer = timeProvider.CreateTimer(
            static state => ((WakeSignal)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Set() => _pending.Writer.TryWrite(true);

    /// <param name="timeout">The longest wait; null = until a call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WaitAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        _timer.Change(timeout is { } time ? Clamp(time) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await _pending.Reader.ReadAsync(cancellationToken);
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    // Timers truncate to whole milliseconds; with rounding down the loop would wake repeatedly until the time has come.
    private static TimeSpan Clamp(TimeSpan time) => time <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds));
}
