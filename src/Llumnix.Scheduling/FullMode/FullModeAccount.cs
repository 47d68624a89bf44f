using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling.FullMode;

/// <summary>Full mode's account: a ledger of own requests, and the times of first deferral. Guarded by the scheduler's lock.</summary>
internal abstract class FullModeAccount : Account<FullModeInstance>
{
    private readonly SchedulerClock _clock;
    private readonly LatencyPredictor? _predictor;
    private readonly bool _isLedgerEnabled;
    private readonly DeferredRequests? _deferred;
    private readonly PrefixHistory? _history;
    private readonly int _minTokens;

    private protected FullModeAccount(FullModeOptions options, SchedulerClock clock, PrefixHistory? history)
    {
        _clock = clock;
        _predictor = options.LatencyPredictor;
        _isLedgerEnabled = options.Ledger.IsEnabled;
        _history = history;
        _minTokens = options.CacheAware.Lookup.MinTokens;
        _deferred = options.DeferredRequestLifetime is { } lifetime ? new DeferredRequests(clock.ToTimestamps(lifetime)) : null;
    }

    /// <summary>The ledger's entries, for replication.</summary>
    internal abstract IReplicatedEntries Entries { get; }

    /// <summary>Number of the ledger's entries.</summary>
    internal abstract int EntryCount { get; }

    /// <summary>Number of entries dropped by age or for want of room, since the start.</summary>
    internal abstract long ExpiredTotal { get; }

    /// <summary>Follows the predictions for placed requests; null where none are compared with what comes.</summary>
    internal OpenPredictions? Predictions { get; set; }

    /// <inheritdoc/>
    public override bool IsDeferring => _deferred is not null;

    /// <summary>Makes the account that the options describe.</summary>
    /// <param name="options">The options.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="history">Estimates prefix hits from placements; null where it does not.</param>
    /// <param name="fleet">The fleet, which is told of changed loads.</param>
    /// <param name="journal">Where changes are told to other replicas; null without replicas.</param>
    internal static FullModeAccount Make(
        FullModeOptions options, SchedulerClock clock, PrefixHistory? history, FullModeFleet fleet, LedgerJournal? journal) =>
        options.Ledger.IsReconciled
            ? new ReconciledAccount(options, clock, history, fleet, journal)
            : new DispatchAccount(options, clock, history, fleet, journal);

    /// <inheritdoc/>
    public override void Expire(Moment now)
    {
        ExpireEntries(now);
        _deferred?.Expire(now.Timestamp);
    }

    /// <inheritdoc/>
    public override RequestFacts FactsOf(in PlacementRequest request, Moment now) => new(
        request.PromptTokens,
        HitsOf(in request),
        now.Ms,
        _deferred?.SinceOf(request.Id) is { } since ? _clock.Between(since, now.Timestamp).TotalMilliseconds : 0);

    /// <inheritdoc/>
    public override PlacedInstance Add(in PlacementRequest request, FullModeInstance instance, InferType role, in RequestFacts facts, Moment now)
    {
        _deferred?.Remove(request.Id);
        // Load and predictions are taken before the ledger adds the request: the answer gives the load that the decision saw.
        bool isPredicted = _predictor?.ClassOf(instance).HasTables == true;
        int hit = facts.PrefixHits?.On(instance, request.PromptTokens) ?? 0;
        var placed = new PlacedInstance(
            instance.Address,
            role,
            InstanceLoad.Of(instance, now.Ms),
            hit,
            role == InferType.Decode || !isPredicted ? null : _predictor!.TtftMs(instance, in facts),
            role == InferType.Prefill || !isPredicted ? null : _predictor!.TpotMs(instance, in facts));
        Predictions?.Add(request.Id, instance, role, placed.PredictedTtftMs, placed.PredictedTpotMs, now.Ms);
        if (_isLedgerEnabled)
        {
            AddEntry(request.Id, instance, role, request.PromptTokens, request.PromptTokens - hit, now.Timestamp);
        }

        if (role != InferType.Decode)
        {
            RecordPrefix(in request, instance);
        }

        return placed;
    }

    /// <inheritdoc/>
    public override void Defer(string requestId, Moment now) => _deferred!.Add(requestId, now.Timestamp);

    /// <inheritdoc/>
    public sealed override void Release(string requestId, in ReleasedInstance instance)
    {
        Predictions?.Release(requestId, in instance, _clock.Now().Ms);
        ReleaseEntries(requestId, in instance);
    }

    /// <summary>Brings what is known of an instance's requests in line with a status that has just been taken over.</summary>
    internal void Acknowledge(FullModeInstance instance, InstanceStatus status)
    {
        AcknowledgeEntries(instance, status);
        if (_history is not null
            && instance.PrefixHistoryId >= 0
            && status.Reading?.PrefixTokensTotal is { } total
            && !_history.TryCount(instance.PrefixHistoryId, total.Queried, total.Hit))
        {
            ForgetPrefixes(instance);
        }
    }

    /// <summary>Takes over how far requests are; rows of unknown requests change nothing.</summary>
    /// <returns>How many rows named a request of the account.</returns>
    internal virtual int Report(RequestProgressBatch progress, int from, int count) => 0;

    /// <summary>Removes all that is known of the requests of an instance that has left or was restarted.</summary>
    internal void Forget(FullModeInstance instance)
    {
        ForgetEntries(instance);
        ForgetPrefixes(instance);
    }

    /// <summary>Ends a request's entries on an instance. Unknown ones change nothing.</summary>
    internal abstract void ReleaseEntries(string requestId, in ReleasedInstance instance);

    /// <summary>Brings an instance's entries in line with a status that has just been taken over.</summary>
    internal abstract void AcknowledgeEntries(FullModeInstance instance, InstanceStatus status);

    /// <summary>Removes all entries of an instance that has left or was restarted.</summary>
    internal abstract void ForgetEntries(FullModeInstance instance);

    /// <summary>Drops the ledger's entries that have outlived their lifetime.</summary>
    internal abstract void ExpireEntries(Moment now);

    /// <summary>Adds a placement to the ledger.</summary>
    internal abstract void AddEntry(
        string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now);

    /// <summary>
    /// Null without anything to estimate from, and for a short prompt: the load alone then decides. Short prompts are recorded as all are, so that a prefix that
    /// most prompts share is known wherever they have brought it.
    /// </summary>
    private PrefixHits? HitsOf(in PlacementRequest request)
    {
        if (_history is null)
        {
            return request.PrefixHits;
        }

        _history.Search(request.Prefix, request.Model);
        return request.Prefix.IsEmpty || request.PromptTokens < _minTokens ? null : _history.Hits;
    }

    private void RecordPrefix(in PlacementRequest request, FullModeInstance instance)
    {
        if (_history is null)
        {
            return;
        }

        if (instance.PrefixHistoryId < 0)
        {
            instance.PrefixHistoryId = _history.Join();
        }

        _history.Place(instance.PrefixHistoryId, request.PromptTokens, instance.Status.TotalGpuTokens);
    }

    private void ForgetPrefixes(FullModeInstance instance)
    {
        if (instance.PrefixHistoryId >= 0)
        {
            _history!.Leave(instance.PrefixHistoryId);
            instance.PrefixHistoryId = -1;
        }
    }
}
