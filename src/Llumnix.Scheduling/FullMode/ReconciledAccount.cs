using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling.FullMode;

/// <summary>The account of instances whose own metrics are read: an entry lasts until its request has ended and a reading shows that.</summary>
internal sealed class ReconciledAccount : FullModeAccount
{
    private readonly ReconciledLedger _ledger;
    private readonly SchedulerClock _clock;
    private readonly long _entryLifetime;

    /// <param name="options">The options.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="history">Estimates prefix hits from placements; null where it does not.</param>
    /// <param name="fleet">The fleet, which is told of changed loads.</param>
    /// <param name="journal">Where changes are told to other replicas; null without replicas.</param>
    internal ReconciledAccount(FullModeOptions options, SchedulerClock clock, PrefixHistory? history, FullModeFleet fleet, LedgerJournal? journal)
        : base(options, clock, history)
    {
        _clock = clock;
        _entryLifetime = clock.ToTimestamps(options.Ledger.SilentEntryLifetime);
        _ledger = new ReconciledLedger(fleet.OnLoadChanged, journal: journal, find: fleet.Find);
    }

    /// <inheritdoc/>
    internal override IReplicatedEntries Entries => _ledger;

    /// <inheritdoc/>
    internal override int EntryCount => _ledger.Count;

    /// <inheritdoc/>
    internal override long ExpiredTotal => _ledger.ExpiredTotal;

    /// <inheritdoc/>
    internal override void ReleaseEntries(string requestId, in ReleasedInstance instance) =>
        _ledger.Release(requestId, in instance, _clock.Now().Timestamp);

    /// <inheritdoc/>
    internal override void AcknowledgeEntries(FullModeInstance instance, InstanceStatus status) => _ledger.Reconcile(instance, status);

    /// <inheritdoc/>
    internal override int Report(RequestProgressBatch progress, int from, int count)
    {
        long now = _clock.Now().Timestamp;
        int known = 0;
        for (int row = from; row < from + count; row++)
        {
            bool isKnown = _ledger.Report(
                progress.RequestId(row), progress.InstanceId(row), progress.Tokens(row), progress.IsPrefillDone(row), now);
            known += isKnown ? 1 : 0;
        }

        return known;
    }

    /// <inheritdoc/>
    internal override void ForgetEntries(FullModeInstance instance) => _ledger.Forget(instance);

    /// <inheritdoc/>
    internal override void ExpireEntries(Moment now) => _ledger.ExpireUntil(now.Timestamp - _entryLifetime);

    /// <inheritdoc/>
    internal override void AddEntry(
        string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now) =>
        _ledger.Add(requestId, instance, role, tokens, uncomputedTokens, now);
}
