using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.FullMode;

/// <summary>The account of instances whose statuses name requests: an entry lasts until a status acknowledges it.</summary>
internal sealed class DispatchAccount : FullModeAccount
{
    private readonly DispatchLedger _ledger;
    private readonly long _entryLifetime;

    /// <param name="options">The options.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="history">Estimates prefix hits from placements; null where it does not.</param>
    /// <param name="onLoadChanged">Called after an instance's load changed.</param>
    internal DispatchAccount(FullModeOptions options, SchedulerClock clock, PrefixHistory? history, Action<FullModeInstance> onLoadChanged)
        : base(options, clock, history)
    {
        _entryLifetime = clock.ToTimestamps(options.Ledger.EntryLifetime);
        _ledger = new DispatchLedger(onLoadChanged, followsWaiting: options.AreWaitingRequestsFollowed);
    }

    /// <inheritdoc/>
    internal override int EntryCount => _ledger.Count;

    /// <inheritdoc/>
    internal override long ExpiredTotal => _ledger.ExpiredTotal;

    /// <inheritdoc/>
    public override void Release(string requestId, in ReleasedInstance instance) => _ledger.Release(requestId, in instance);

    private protected override void AcknowledgeEntries(FullModeInstance instance, InstanceStatus status) => _ledger.Acknowledge(instance, status);

    private protected override void ForgetEntries(FullModeInstance instance) => _ledger.Forget(instance);

    private protected override void ExpireEntries(Moment now) => _ledger.ExpireUntil(now.Timestamp - _entryLifetime);

    private protected override void AddEntry(
        string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now) =>
        _ledger.Add(requestId, instance, role, tokens, uncomputedTokens, now);
}
