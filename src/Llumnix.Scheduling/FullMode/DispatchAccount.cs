using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling.FullMode;

/// <summary>
/// The account of a CMS: an entry lasts until a status acknowledges it. The entries of an instance whose statuses name no requests are reconciled with
/// the readings in them.
/// </summary>
internal sealed class DispatchAccount : FullModeAccount
{
    private readonly DispatchLedger _ledger;
    private readonly long _entryLifetime;
    private readonly ReconciledAccount _reconciled;

    /// <param name="options">The options.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="history">Estimates prefix hits from placements; null where it does not.</param>
    /// <param name="fleet">The fleet, which is told of changed loads.</param>
    /// <param name="journal">Where changes are told to other replicas; null without replicas.</param>
    internal DispatchAccount(FullModeOptions options, SchedulerClock clock, PrefixHistory? history, FullModeFleet fleet, LedgerJournal? journal)
        : base(options, clock, history)
    {
        _entryLifetime = clock.ToTimestamps(options.Ledger.EntryLifetime);
        _ledger = new DispatchLedger(
            fleet.OnLoadChanged, followsWaiting: options.AreWaitingRequestsFollowed, journal: journal, find: fleet.Find);
        _reconciled = new ReconciledAccount(options, clock, history: null, fleet, journal);
        Entries = new JoinedEntries(_ledger, _reconciled.Entries, fleet);
    }

    /// <inheritdoc/>
    internal override IReplicatedEntries Entries { get; }

    /// <inheritdoc/>
    internal override int EntryCount => _ledger.Count + _reconciled.EntryCount;

    /// <inheritdoc/>
    internal override long ExpiredTotal => _ledger.ExpiredTotal + _reconciled.ExpiredTotal;

    /// <inheritdoc/>
    internal override void ReleaseEntries(string requestId, in ReleasedInstance instance)
    {
        _ledger.Release(requestId, in instance);
        _reconciled.ReleaseEntries(requestId, in instance);
    }

    /// <inheritdoc/>
    internal override void AcknowledgeEntries(FullModeInstance instance, InstanceStatus status)
    {
        if (instance.Metadata.NamesRequests)
        {
            _ledger.Acknowledge(instance, status);
        }
        else
        {
            _reconciled.AcknowledgeEntries(instance, status);
        }
    }

    /// <inheritdoc/>
    internal override int Report(RequestProgressBatch progress, int from, int count) =>
        _reconciled.EntryCount > 0 ? _reconciled.Report(progress, from, count) : 0;

    /// <inheritdoc/>
    internal override void ForgetEntries(FullModeInstance instance)
    {
        if (instance.Metadata.NamesRequests)
        {
            _ledger.Forget(instance);
        }
        else
        {
            _reconciled.ForgetEntries(instance);
        }
    }

    /// <inheritdoc/>
    internal override void ExpireEntries(Moment now)
    {
        _ledger.ExpireUntil(now.Timestamp - _entryLifetime);
        _reconciled.ExpireEntries(now);
    }

    /// <inheritdoc/>
    internal override void AddEntry(
        string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now)
    {
        if (instance.Metadata.NamesRequests)
        {
            _ledger.Add(requestId, instance, role, tokens, uncomputedTokens, now);
        }
        else
        {
            _reconciled.AddEntry(requestId, instance, role, tokens, uncomputedTokens, now);
        }
    }
}
