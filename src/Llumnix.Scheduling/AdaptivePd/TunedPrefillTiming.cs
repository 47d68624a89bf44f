using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The tuned rules: the length of the prefill counts, and so do the prefills that it shares a step with.</summary>
internal sealed class TunedPrefillTiming(AdaptivePdTargets targets, AdaptivePdMetrics metrics, AdaptivePdTuning tuning) : PrefillTiming(targets.TtftLimitMs, metrics)
{
    /// <inheritdoc/>
    public override bool IsInTime(int slot, double ttftMs, double limitMs, DecisionScope<FullModeInstance> scope)
    {
        // When not all can be in time, a long prompt costs the time of several short ones: once time is short, its limit is lower by its own prefill
        // time.
        return ttftMs < tuning.LongPromptsLateFromShare * limitMs
            || ttftMs < limitMs - targets.Predictor.PrefillMs(scope.Instance(slot), in scope.Request);
    }

    /// <summary>
    /// Waiting prefills share one step, as far as they fit, and all have their first tokens at its end: a prefill that joins delays those that were
    /// there before.
    /// </summary>
    public override bool SparesOthers(int slot, double ttftMs, double limitMs, DecisionScope<FullModeInstance> scope)
    {
        ref readonly RequestFacts request = ref scope.Request;
        FullModeInstance instance = scope.Instance(slot);
        long waiting = instance.UncomputedWaitingPrefillTokens + instance.BesideStatus.UncomputedPrefillTokens;
        if (waiting <= 0 || waiting >= instance.MaxBatchedTokens)
        {
            // Nothing waits, or the waiting prefills fill a step by themselves.
            return true;
        }

        // The shared step ends when the request has its first token, minus the time of the part that does not fit and is computed in the next step.
        double beyond = waiting + LatencyPredictor.UncomputedTokens(instance, in request) - instance.MaxBatchedTokens;
        double stepEndMs = ttftMs - request.DeferredMs - targets.Predictor.PrefillMs(instance, beyond);

        // Prefills that arrived so long ago that they are late in any case set no deadline.
        double earliest = scope.State<AdaptivePdState>().HistoryOf(slot).Arrivals
            .EarliestOf(WaitingPrefills(instance), since: request.NowMs - limitMs);
        return request.NowMs + stepEndMs - earliest < limitMs;
    }

    /// <summary>Number of prefills that wait in the engine (its waiting decodes not counted) or are in flight.</summary>
    private static long WaitingPrefills(FullModeInstance instance) =>
        Math.Max(0L, (long)instance.Status.WaitingRequestCount - instance.Status.SchedulerWaitingToDecodeRequests) + instance.BesideStatus.PrefillRequests;
}
