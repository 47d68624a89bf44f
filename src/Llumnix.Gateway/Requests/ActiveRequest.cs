namespace Llumnix.Gateway.Requests;

/// <summary>One request under way: the token that ends it from outside, and the time of its last progress.</summary>
internal sealed class ActiveRequest : IDisposable
{
    private readonly CancellationTokenSource _ending;
    private readonly CancellationToken _clientGone;
    private readonly TimeProvider _time;
    private readonly Action<ActiveRequest> _onDisposed;
    private readonly Lock _gate = new();
    private long _movedAt;
    private long _patienceTicks;
    private int _end;
    private bool _isDisposed;

    internal ActiveRequest(TimeProvider time, TimeSpan patience, Action<ActiveRequest> onDisposed, CancellationToken clientGone)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        _clientGone = clientGone;
        _time = time;
        _onDisposed = onDisposed;
        _movedAt = time.GetTimestamp();
        _patienceTicks = patience.Ticks;
    }

    /// <summary>Cancelled when the request is to end.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Why it is ended from outside.</summary>
    public RequestEnd Reason => _clientGone.IsCancellationRequested ? RequestEnd.ClientGone : (RequestEnd)Volatile.Read(ref _end);

    /// <summary>Records progress.</summary>
    /// <returns>The moment, as a timestamp.</returns>
    public long Touch()
    {
        long now = _time.GetTimestamp();
        Volatile.Write(ref _movedAt, now);
        return now;
    }

    /// <summary>Records progress and sets the longest time without progress from now on.</summary>
    public void Allow(TimeSpan patience)
    {
        Volatile.Write(ref _patienceTicks, patience.Ticks);
        Touch();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        _ending.Dispose();
        _onDisposed(this);
    }

    internal void EndIfStill()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _movedAt)).Ticks > Volatile.Read(ref _patienceTicks))
        {
            End(RequestEnd.TimedOut);
        }
    }

    internal void End(RequestEnd reason)
    {
        lock (_gate)
        {
            if (_isDisposed || _end != 0)
            {
                return;
            }

            Volatile.Write(ref _end, (int)reason);
        }

        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The request was disposed of after the lock was released.
        }
    }
}
