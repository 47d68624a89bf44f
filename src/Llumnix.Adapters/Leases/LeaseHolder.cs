using System.Diagnostics.CodeAnalysis;
using Llumnix.Adapters.Outages;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Leases;

/// <summary>
/// Holds a lease, or waits for it: one loop that renews it or looks at its holder. The lease counts from the start of the last call that renewed it until
/// its time to live less the margin, by the monotonic clock. So no two candidates count on it at once, unless its key is lost before a candidate has seen
/// who holds it; then the epochs tell which is the later one.
/// </summary>
/// <remarks>
/// <para>
/// A key that is gone before its time, and was not released, was deleted or lost. Candidates then wait until its holder can count on it no more; so they do
/// after a time without the store, in which anything may have happened. The holder makes the key anew before that.
/// </para>
/// <para>
/// When the store is silent for all candidates, the holder goes on: its lease is <see cref="LeaseRole.Frozen"/>. It ends when another candidate reaches the
/// store. Nobody acquires a lease without the store.
/// </para>
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Semaphores without a wait handle hold nothing.")]
public sealed partial class LeaseHolder
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(20);

    private readonly ILeaseStore _store;
    private readonly LeaseHolderOptions _options;
    private readonly LeaseCandidate _candidate;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ILeasePeers? _peers;
    private readonly OutageLog _outage;
    private readonly SemaphoreSlim _poke = new(0, 1);
    private readonly SemaphoreSlim _round = new(1);
    private volatile LeaseView _view = new(LeaseRole.Follower, null, null);
    // Timestamps; 0 is long ago.
    private long _validUntil;
    private long _frozenUntil;
    // The holder's key should be there until then.
    private long _seenUntil;
    // Until then a holder that is not seen may count on the lease; null while the key is there or nothing is known.
    private long? _absentUntil;
    private bool _hasMissedRounds;
    // A holder whose lease is frozen may rely until then on our word that we do not reach the store.
    private long _wordUntil;
    private long _epoch;
    private LeaseRecord? _lastHolder;
    private volatile bool _hasResigned;

    /// <summary>Makes a holder that does nothing until it is run.</summary>
    /// <param name="store">Keeps the lease; not disposed.</param>
    /// <param name="options">Name and times.</param>
    /// <param name="candidate">Who holds it.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Changes of the role, and outages of the store.</param>
    /// <param name="peers">The other candidates; null: the lease is never frozen.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is out of its range.</exception>
    public LeaseHolder(
        ILeaseStore store, LeaseHolderOptions options, LeaseCandidate candidate, TimeProvider timeProvider, ILogger logger, ILeasePeers? peers = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Ttl, TimeSpan.FromSeconds(2));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Margin, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Margin, options.Ttl - options.RenewInterval);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.FollowInterval, TimeSpan.Zero);
        (_store, _options, _candidate, _timeProvider, _logger, _peers) = (store, options, candidate, timeProvider, logger, peers);
        _outage = new OutageLog(timeProvider);
    }

    /// <summary>Raised after each change of <see cref="View"/>, by the loop; handlers are quick.</summary>
    public event Action<LeaseView>? Changed;

    /// <summary>Who holds the lease.</summary>
    public LeaseCandidate Candidate => _candidate;

    /// <summary>What the last round found; from any thread.</summary>
    public LeaseView View => _view;

    /// <summary>The epoch of our last acquisition; 0 before the first.</summary>
    public long Epoch => Interlocked.Read(ref _epoch);

    /// <summary>Whether the lease counts now, also frozen. From any thread, at each answer.</summary>
    public bool IsLeading => HasLeft(TimeSpan.Zero);

    /// <summary>Whether the lease still counts after a time, also frozen.</summary>
    /// <param name="time">What has to be left of it; 0 or above.</param>
    public bool HasLeft(TimeSpan time)
    {
        long at = After(time);
        return !_hasResigned && (at < Interlocked.Read(ref _validUntil) || at < Interlocked.Read(ref _frozenUntil));
    }

    /// <summary>Has the loop look at once instead of at its next time; from any thread.</summary>
    public void Poke()
    {
        if (_poke.CurrentCount == 0)
        {
            try
            {
                _poke.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another thread was faster.
            }
        }
    }

    /// <summary>Runs until it is cancelled. No failure of the store ends it. After a resignation it only looks who holds the lease.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan pause = await RunRoundAsync(cancellationToken);
            await Task.Delay(LeastPause, _timeProvider, cancellationToken);
            await WaitAsync(pause - LeastPause, cancellationToken);
        }
    }

    /// <summary>Stops to lead at once, for ever, and gives the lease back so that another candidate takes over without waiting.</summary>
    /// <exception cref="LeaseStoreException">The store was not reached: the lease runs out by itself.</exception>
    public async Task ResignAsync(CancellationToken cancellationToken)
    {
        _hasResigned = true;
        Poke();
        // A round that is under way may yet acquire the lease.
        await _round.WaitAsync(cancellationToken);
        try
        {
            Interlocked.Exchange(ref _validUntil, 0);
            Interlocked.Exchange(ref _frozenUntil, 0);
            Show(new LeaseView(LeaseRole.Follower, null, null));
            await _store.ReleaseAsync(_options.Name, _candidate.Id, cancellationToken);
        }
        finally
        {
            _round.Release();
        }
    }

    /// <summary>Runs one round.</summary>
    /// <returns>Time until the next one.</returns>
    internal async Task<TimeSpan> RunRoundAsync(CancellationToken cancellationToken)
    {
        await _round.WaitAsync(cancellationToken);
        try
        {
            return await RunOneAsync(cancellationToken);
        }
        finally
        {
            _round.Release();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nothing that a store does ends the loop.")]
    private async Task<TimeSpan> RunOneAsync(CancellationToken cancellationToken)
    {
        long start = _timeProvider.GetTimestamp();
        // A renewal that has not come through by then must leave time to find out whether the store is silent for all.
        using var timer = new CancellationTokenSource(_options.RenewInterval, _timeProvider);
        using var round = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            LeaseRecord? record = IsLeading ? await AcquireAsync(round.Token) : await FollowAsync(round.Token);
            if (_outage.Answers())
            {
                LogReached();
            }

            bool isOwn = record?.HolderId == _candidate.Id && !_hasResigned;
            Show(new LeaseView(isOwn ? LeaseRole.Leader : LeaseRole.Follower, record, null));
            return (isOwn ? _options.RenewInterval : _options.FollowInterval) - _timeProvider.GetElapsedTime(start);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            string error = e is LeaseStoreException ? e.Message : FailureText.Describe(e);
            if (_outage.Fails(error))
            {
                LogNotReached(error);
            }

            (_hasMissedRounds, _absentUntil) = (true, null);
            bool isLeading = FreezeOrLapse();
            bool isFrozen = isLeading && _timeProvider.GetTimestamp() >= Interlocked.Read(ref _validUntil);
            // Others may follow a leader whose lease is frozen: it says itself when it leads no more.
            LeaseRecord? known = isLeading || _view.Current?.HolderId != _candidate.Id ? _view.Current : null;
            Show(new LeaseView(isFrozen ? LeaseRole.Frozen : isLeading ? LeaseRole.Leader : LeaseRole.Follower, known, error));
            return _options.FollowInterval;
        }
    }

    // A candidate whose lease has lapsed, as over a pause of the machine, cannot know who has led since; so it must not freeze it any more.
    private bool FreezeOrLapse()
    {
        if (IsLeading && _peers is not null && _peers.HaveAllLostTheStore())
        {
            Interlocked.Exchange(ref _frozenUntil, After(_options.Ttl - _options.Margin));
        }

        return IsLeading;
    }

    private async Task<LeaseRecord?> FollowAsync(CancellationToken cancellationToken)
    {
        LeaseRecord? record = await _store.ReadAsync(_options.Name, cancellationToken);
        OnReached();
        if (record is { IsHeld: true } && record.HolderId != _candidate.Id)
        {
            Note(record);
            return record;
        }

        if (_hasResigned)
        {
            return null;
        }

        return record is null && await MayOtherLeadAsync(cancellationToken) ? _lastHolder : await AcquireAsync(cancellationToken);
    }

    private async Task<bool> MayOtherLeadAsync(CancellationToken cancellationToken)
    {
        long now = _timeProvider.GetTimestamp();
        _absentUntil ??= _lastHolder is not null && now < _seenUntil ? After(_options.Ttl - _options.Margin) : now;
        return now < Math.Max(_absentUntil.Value, _wordUntil)
            || (_peers is not null && _lastHolder is { Address.Length: > 0 } last && await _peers.IsStillLeadingAsync(last, cancellationToken));
    }

    private async Task<LeaseRecord> AcquireAsync(CancellationToken cancellationToken)
    {
        long above = Math.Max(Epoch, _lastHolder?.Epoch ?? 0);
        long start = _timeProvider.GetTimestamp();
        LeaseRecord record = await _store.AcquireAsync(_options.Name, _candidate, _options.Ttl, above, cancellationToken);
        OnReached();
        if (record.HolderId == _candidate.Id)
        {
            (_lastHolder, _absentUntil) = (null, null);
            Interlocked.Exchange(ref _epoch, record.Epoch);
            Interlocked.Exchange(ref _validUntil, Add(start, _options.Ttl - _options.Margin));
        }
        else
        {
            Interlocked.Exchange(ref _validUntil, 0);
            Note(record);
        }

        // The store answers: nothing is frozen any more.
        Interlocked.Exchange(ref _frozenUntil, 0);
        return record;
    }

    // A key that is still there does not end the time: its holder may not have renewed it since our word.
    private void OnReached()
    {
        if (_hasMissedRounds)
        {
            (_hasMissedRounds, _wordUntil) = (false, After(_options.Ttl + _options.RenewInterval));
        }
    }

    private void Note(LeaseRecord record)
    {
        (_lastHolder, _absentUntil) = (record, null);
        // The key of a permanent or very long lease tells nothing by its absence.
        _seenUntil = record.Remaining < 10 * _options.Ttl ? After(record.Remaining - _options.Margin) : After(_options.Ttl);
    }

    private async Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _poke.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody called: the next round is due.
        }
    }

    private void Show(LeaseView view)
    {
        LeaseView before = _view;
        _view = view;
        if (before.Role != view.Role || (view.Role == LeaseRole.Leader && before.Current?.Epoch != view.Current?.Epoch))
        {
            LogRole(_options.Name, view.Role, view.Current?.Epoch ?? 0);
        }

        if (before != view)
        {
            Changed?.Invoke(view);
        }
    }

    private long After(TimeSpan time) => Add(_timeProvider.GetTimestamp(), time);

    private long Add(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * _timeProvider.TimestampFrequency);

    [LoggerMessage(LogLevel.Information, "Lease {Name}: {Role}, epoch {Epoch}")]
    private partial void LogRole(string name, LeaseRole role, long epoch);

    [LoggerMessage(LogLevel.Warning, "The store of leases is not reached: {Error}")]
    private partial void LogNotReached(string error);

    [LoggerMessage(LogLevel.Information, "The store of leases answers")]
    private partial void LogReached();
}
