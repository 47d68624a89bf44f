using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.FullMode;

/// <summary>Full mode's account: the dispatch ledger, and the times of first deferral.</summary>
internal sealed class DispatchAccount : Account<FullModeInstance>
{
    private readonly SchedulerClock _clock;
    private readonly LatencyPredictor? _predictor;
    private readonly bool _isLedgerEnabled;
    private readonly long _entryLifetime;
    private readonly DeferredRequests? _deferred;

    /// <param name="options">The options.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="onLoadChanged">Called after an instance's load changed.</param>
    internal DispatchAccount(FullModeOptions options, SchedulerClock clock, Action<FullModeInstance> onLoadChanged)
    {
        _clock = clock;
        _predictor = options.LatencyPredictor;
        _isLedgerEnabled = options.Ledger.IsEnabled;
        _entryLifetime = clock.ToTimestamps(options.Ledger.EntryLifetime);
        _deferred = options.DeferredRequestLifetime is { } lifetime ? new DeferredRequests(clock.ToTimestamps(lifetime)) : null;
        Ledger = new DispatchLedger(onLoadChanged, followsWaiting: options.AreWaitingRequestsFollowed);
    }

    /// <summary>The ledger of requests in flight.</summary>
    internal DispatchLedger Ledger { get; }

    /// <inheritdoc/>
    public override bool IsDeferring => _deferred is not null;

    /// <inheritdoc/>
    public override void Expire(Moment now)
    {
        Ledger.ExpireUntil(now.Timestamp - _entryLifetime);
        _deferred?.Expire(now.Timestamp);
    }

    /// <inheritdoc/>
    public override RequestFacts FactsOf(in PlacementRequest request, Moment now) => new(
        request.PromptTokens,
        request.PrefixHits,
        now.Ms,
        _deferred?.SinceOf(request.Id) is { } since ? _clock.Between(since, now.Timestamp).TotalMilliseconds : 0);

    /// <inheritdoc/>
    public override PlacedInstance Add(in PlacementRequest request, FullModeInstance instance, InferType role, in RequestFacts facts, Moment now)
    {
        _deferred?.Remove(request.Id);
        // Load and predictions are taken before the ledger adds the request: the answer gives the load that the decision saw.
        int hit = request.PrefixHits?.On(instance, request.PromptTokens) ?? 0;
        var placed = new PlacedInstance(
            instance.Address,
            role,
            InstanceLoad.Of(instance, now.Ms),
            hit,
            role == InferType.Decode ? null : _predictor?.TtftMs(instance, in facts),
            role == InferType.Prefill ? null : _predictor?.TpotMs(instance, in facts));
        if (_isLedgerEnabled)
        {
            Ledger.Add(request.Id, instance, role, request.PromptTokens, request.PromptTokens - hit, now.Timestamp);
        }

        return placed;
    }

    /// <inheritdoc/>
    public override void Defer(string requestId, Moment now) => _deferred!.Add(requestId, now.Timestamp);

    /// <inheritdoc/>
    public override void Release(string requestId, in ReleasedInstance instance) => Ledger.Release(requestId, in instance);
}
