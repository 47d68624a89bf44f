using Llumnix.Gateway.Placement;

namespace Llumnix.Gateway.Admission;

/// <summary>
/// Lets requests wait while no engine has room for them: first in, first out within a class and model, higher classes first, with a bound and a
/// deadline. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A request asks for its place itself; only when it is told that there is no room, or would overtake another one, it waits. Then rounds ask for the
/// first of each line: when an engine has been given back, and at every retry interval. A first that gets no place holds up its own line alone. One
/// timer serves all, and is set only while some wait.
/// </remarks>
internal sealed class AdmissionQueue : IDisposable
{
    private static readonly PlacementAnswer NoRoom = new(PlacementRefusal.Busy, null);
    private static readonly PlacementAnswer Full = new(PlacementRefusal.QueueFull, null);
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(1);
    private readonly AdmissionLimits _limits;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly WaitingLines _lines;
    private readonly ITimer _timer;
    private readonly Action _onRoom;
    private long _lastTicket;
    private int _count;
    private bool _isTimerSet;
    private bool _isRoundRunning;
    private bool _isRoundDue;

    public AdmissionQueue(AdmissionLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _lines = new WaitingLines(limits.MaxWaiting);
        _onRoom = AskAgain;
        _timer = time.CreateTimer(static queue => ((AdmissionQueue)queue!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many requests wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The round that is asking now, or the last one.</summary>
    internal Task Round { get; private set; } = Task.CompletedTask;

    /// <summary>Gives a request its position, which it keeps when it is placed again.</summary>
    public QueuePosition Arrive(int priority, string model) => new(Interlocked.Increment(ref _lastTicket), priority, model);

    /// <summary>Places a request, at once or when there is room.</summary>
    /// <param name="position">Where it stands.</param>
    /// <param name="ask">Asks for a place; called from any thread, once at a time.</param>
    /// <param name="cancellation">Ends the wait at once.</param>
    /// <returns>What was answered; <see cref="PlacementRefusal.Busy"/> when the deadline is over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<PlacementAnswer> PlaceAsync(QueuePosition position, Func<ValueTask<PlacementAnswer>> ask, CancellationToken cancellation)
    {
        PlacementAnswer answer = NoRoom;
        if (!HasAhead(position))
        {
            answer = await ask();
        }

        if (answer.Refusal == PlacementRefusal.Busy && _limits.Timeout > TimeSpan.Zero)
        {
            answer = await WaitAsync(position, ask, cancellation);
        }

        if (answer.Lease is { } lease)
        {
            lease.Released = _onRoom;
        }

        if (answer.Decode is { } decode)
        {
            decode.Released = _onRoom;
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private bool HasAhead(QueuePosition position)
    {
        if (Count == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _lines.HasAhead(position);
        }
    }

    private async Task<PlacementAnswer> WaitAsync(QueuePosition position, Func<ValueTask<PlacementAnswer>> ask, CancellationToken cancellation)
    {
        var waiter = new Waiter(position, _time.GetTimestamp() + ToTimestamps(_limits.Timeout), ask);
        Waiter? displaced;
        bool isFirst;
        lock (_gate)
        {
            if (!_lines.TryAdd(waiter, out displaced))
            {
                return Full;
            }

            Volatile.Write(ref _count, _lines.Count);
            isFirst = _lines.FirstOf(position.Priority, position.Model) == waiter;
            SetTimer();
        }

        displaced?.End(Full);
        if (isFirst)
        {
            // Room may have come up between its question and its place in the line, and a first must not wait for others.
            AskAgain();
        }

        using (cancellation.UnsafeRegister(static (state, token) => ((Departure)state!).Run(token), new Departure(this, waiter)))
        {
            return await waiter.Outcome;
        }
    }

    private void AskAgain()
    {
        if (Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            _isRoundDue = true;
            if (!_isRoundRunning)
            {
                _isRoundRunning = true;
                Round = Task.Run(RunRoundsAsync);
            }
        }
    }

    private async Task RunRoundsAsync()
    {
        while (TryBeginRound(out IReadOnlyList<WaitingLine> lines))
        {
            foreach (WaitingLine line in lines)
            {
                while (await AskForFirstAsync(line))
                {
                    // The next one of the line may have room too.
                }
            }
        }
    }

    private bool TryBeginRound(out IReadOnlyList<WaitingLine> lines)
    {
        lock (_gate)
        {
            _isRoundRunning = _isRoundDue && _lines.Count > 0;
            _isRoundDue = false;
            lines = _isRoundRunning ? _lines.InOrder() : [];
            return _isRoundRunning;
        }
    }

    /// <returns>Whether the first of the line is no longer there, so that the next one is to be asked for.</returns>
    private async ValueTask<bool> AskForFirstAsync(WaitingLine line)
    {
        Waiter? first;
        lock (_gate)
        {
            first = _lines.FirstOf(line.Priority, line.Model);
        }

        if (first is null)
        {
            return false;
        }

        PlacementAnswer answer;
        try
        {
            answer = await first.AskAsync();
        }
        catch (Exception exception)
        {
            if (TryRemove(first))
            {
                first.Fail(exception);
            }

            return true;
        }

        if (answer.Refusal == PlacementRefusal.Busy)
        {
            lock (_gate)
            {
                return first.InLine is null;
            }
        }

        if (TryRemove(first))
        {
            first.End(answer);
        }
        else if (answer.Lease is not null)
        {
            // It went, or its deadline was over, while it was asked for.
            await answer.Lease.DisposeAsync();
            await (answer.Decode?.DisposeAsync() ?? ValueTask.CompletedTask);
            AskAgain();
        }

        return true;
    }

    private bool TryRemove(Waiter waiter)
    {
        lock (_gate)
        {
            bool isRemoved = _lines.Remove(waiter);
            Volatile.Write(ref _count, _lines.Count);
            return isRemoved;
        }
    }

    private void OnTimer()
    {
        var expired = new List<Waiter>();
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            while (_lines.NextToExpire is { } next && next.Deadline <= now)
            {
                _lines.Remove(next);
                expired.Add(next);
            }

            Volatile.Write(ref _count, _lines.Count);
            _isTimerSet = false;
            SetTimer();
        }

        expired.ForEach(static waiter => waiter.End(NoRoom));
        AskAgain();
    }

    /// <summary>Sets the timer for the next round or the next deadline, unless it is set or none waits.</summary>
    private void SetTimer()
    {
        if (_isTimerSet || _lines.NextToExpire is not { } next)
        {
            return;
        }

        TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), next.Deadline);
        TimeSpan due = left < _limits.RetryInterval ? left : _limits.RetryInterval;
        _isTimerSet = _timer.Change(due > ShortestTick ? due : ShortestTick, Timeout.InfiniteTimeSpan);
    }

    private long ToTimestamps(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    /// <summary>A client that goes frees its place at once.</summary>
    private sealed record Departure(AdmissionQueue Queue, Waiter Waiter)
    {
        public void Run(CancellationToken cancellation)
        {
            if (Queue.TryRemove(Waiter))
            {
                Waiter.Cancel(cancellation);
                // The next one of its line is asked for without it.
                Queue.AskAgain();
            }
        }
    }
}
