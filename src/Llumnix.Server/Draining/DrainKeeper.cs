using Llumnix.Adapters.Leases;
using Llumnix.Adapters.Outages;
using Llumnix.Scheduling.Draining;

namespace Llumnix.Server.Draining;

/// <summary>
/// Carries drains over a change of the leader: the leader keeps them in a value beside the scheduler's lease, a new leader reads them before it decides, and all
/// others read them each second. For any threads.
/// </summary>
/// <remarks>
/// A drain that was ordered is not lost while any copy of it is left: a store without the value is given the drains of the leader, and a leader that has
/// decided before it could read adds what the store has to its own.
/// </remarks>
/// <param name="drains">The drains here.</param>
/// <param name="lease">The scheduler's lease.</param>
/// <param name="store">Keeps the value; not the connection that renews the lease. Disposed with it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Outages of the store.</param>
internal sealed partial class DrainKeeper(
    IDrainControl drains, IDrainLease lease, ILeaseStore store, TimeProvider time, ILogger<DrainKeeper> logger) : BackgroundService, IAsyncDisposable
{
    private const string ValueName = "drains";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Bound on a look at the store, and so on the wait of a new leader's first requests.</summary>
    private static readonly TimeSpan CallBound = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly OutageLog _outage = new(time);
    // The value in the store as last read or written; null: not known.
    private byte[]? _known;
    // The epoch in which requests do not wait, and the one whose drains were read from the store.
    private long _openEpoch;
    private long _readEpoch;
    private bool _wasLeading;
    private bool _isOmissionLogged;

    /// <summary>Whether the leader of an epoch has looked at the store, so that its requests need not wait.</summary>
    internal bool IsOpen(long epoch) => epoch == Interlocked.Read(ref _openEpoch);

    /// <summary>Waits until a new leader has the drains of the old one, or cannot have them for the time being.</summary>
    internal async Task OpenAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (lease.LeadingEpoch is { } epoch && !IsOpen(epoch))
            {
                await LookAsync(cancellation);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Brings a change of the drains here to the store. One that does not answer is tried again each second.</summary>
    /// <returns>False when this replica does not lead any more: the change is void.</returns>
    internal async Task<bool> KeepAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await LookAsync(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await store.DisposeAsync();
        _turn.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task change = lease.NextChange;
            try
            {
                await KeepAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await change.WaitAsync(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False when this replica does not lead.</returns>
    private async Task<bool> LookAsync(CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(CallBound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        long? epoch = lease.LeadingEpoch;
        bool isLeading = epoch is not null;
        try
        {
            isLeading = epoch is { } own ? await LeadAsync(own, either.Token) : await FollowAsync(either.Token);
            if (_outage.Answers())
            {
                LogReached(logger);
            }
        }
        catch (Exception exception) when (exception is LeaseStoreException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            string reason = exception is LeaseStoreException ? exception.Message : "no answer in time";
            if (_outage.Fails(reason))
            {
                LogNotReached(logger, reason);
            }
        }

        if (epoch is { } looked)
        {
            Interlocked.Exchange(ref _openEpoch, looked);
        }

        return isLeading;
    }

    private async Task<bool> FollowAsync(CancellationToken cancellation)
    {
        if (_wasLeading)
        {
            // What was changed here and did not get into the store is not the leader's word.
            (_wasLeading, _known) = (false, null);
        }

        byte[]? value = await store.ReadValueAsync(lease.Name, ValueName, cancellation);
        if (value is not null && !IsKnown(value))
        {
            Restore(value, isAdded: false);
        }

        return false;
    }

    private async Task<bool> LeadAsync(long epoch, CancellationToken cancellation)
    {
        _wasLeading = true;
        if (_readEpoch != epoch)
        {
            byte[]? stored = await store.ReadValueAsync(lease.Name, ValueName, cancellation);
            if (stored is null)
            {
                _known = null;
            }
            else if (!IsKnown(stored))
            {
                // With the next epoch nobody else has led since: our own drains are no older than those in the store.
                Restore(stored, isAdded: Interlocked.Read(ref _openEpoch) == epoch || (_readEpoch > 0 && _readEpoch == epoch - 1));
            }

            _readEpoch = epoch;
        }

        byte[] value = DrainRecords.Write(drains.Drains, out int omitted);
        if (IsKnown(value) || (_known is null && drains.Drains.Count == 0))
        {
            return true;
        }

        if (omitted > 0 != _isOmissionLogged)
        {
            _isOmissionLogged = omitted > 0;
            LogOmitted(logger, omitted);
        }

        if (!await store.WriteValueAsync(lease.Name, ValueName, value, epoch, cancellation))
        {
            return lease.LeadingEpoch == epoch;
        }

        _known = value;
        return true;
    }

    private bool IsKnown(byte[] value) => _known is not null && value.AsSpan().SequenceEqual(_known);

    private void Restore(byte[] value, bool isAdded)
    {
        _known = value;
        if (DrainRecords.Read(value) is not { } read)
        {
            LogMalformed(logger);
            return;
        }

        drains.RestoreDrains(isAdded ? [.. drains.Drains.UnionBy(read, static drain => drain.Selector)] : read);
    }

    [LoggerMessage(LogLevel.Warning, "Drains are neither read from the store of leases nor kept there: {Reason}")]
    private static partial void LogNotReached(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "Drains are kept in the store of leases")]
    private static partial void LogReached(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "Drains without room in the store of leases, which another leader will not know: {Count}")]
    private static partial void LogOmitted(ILogger logger, int count);

    [LoggerMessage(LogLevel.Warning, "What the store of leases has as drains has another form; it is left out of account")]
    private static partial void LogMalformed(ILogger logger);
}
