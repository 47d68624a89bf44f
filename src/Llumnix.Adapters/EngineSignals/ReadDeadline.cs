namespace Llumnix.Adapters.EngineSignals;

/// <summary>
/// Cancels a read after a time, or when the reading is stopped. Made anew only where the one before can no longer be used: thousands of reads a second would
/// otherwise make two sources, their timer and their registrations each. For one thread at a time.
/// </summary>
/// <param name="timeout">The longest time of a read.</param>
/// <param name="time">The clock.</param>
/// <param name="stop">Ends all reads.</param>
internal sealed class ReadDeadline(TimeSpan timeout, TimeProvider time, CancellationToken stop) : IDisposable
{
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _stopping;

    /// <summary>Begins a read, after the one before has ended.</summary>
    /// <returns>The token of the read.</returns>
    internal CancellationToken Begin()
    {
        if (_source is { } used && used.TryReset())
        {
            used.CancelAfter(timeout);
        }
        else
        {
            Dispose();
            _source = new CancellationTokenSource(timeout, time);
            _stopping = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        }

        // The stop may have come before the reset.
        if (stop.IsCancellationRequested)
        {
            _source.Cancel();
        }

        return _source.Token;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _source?.Dispose();
    }
}
