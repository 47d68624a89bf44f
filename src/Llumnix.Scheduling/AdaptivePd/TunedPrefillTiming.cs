using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>With the tuned rules a prefill's length counts, and so do the prefills that it shares a step with.</summary>
internal sealed class TunedPrefillTiming(AdaptivePdTargets targets, AdaptivePdMetrics metrics, AdaptivePdTuning tuning) : PrefillTiming(metrics)
{
    /// <inheritdoc/>
    public override bool IsInTime(int slot, double ttftMs, DecisionScope<FullModeInstance> scope)
    {
        // When not all can be in time, a long prompt costs the time of several short ones: it is late earlier by its own length, though not before
        // time is short.
        return ttftMs < tuning.LongPromptsLateFromShare * targets.TtftLimitMs
            || ttftMs < targets.TtftLimitMs - targets.Predictor.PrefillMs(scope.Instance(slot), in scope.Request);
    }

    /// <summary>
    /// Prefills that wait on an instance are computed in one step, as far as it has room, and all have their first tokens at its end: one that joins
    /// delays those that were there before.
    /// </summary>
    public override bool SparesOthers(int slot, double ttftMs, DecisionScope<FullModeInstance> scope)
    {
        ref readonly RequestFacts request = ref scope.Request;
        FullModeInstance instance = scope.Instance(slot);
        long waiting = instance.UncomputedWaitingPrefillTokens + instance.Dispatched.UncomputedPrefillTokens;
        if (waiting <= 0 || waiting >= instance.MaxBatchedTokens)
        {
            // Nothing waits, or what waits fills a step by itself.
            return true;
        }

        // The shared step ends when the request has its first token, less what of the request is left for the step after.
        double beyond = waiting + LatencyPredictor.UncomputedTokens(instance, in request) - instance.MaxBatchedTokens;
        double stepEndMs = ttftMs - request.DeferredMs - targets.Predictor.PrefillMs(instance, beyond);

        // Those that were sent so long ago that they are late in any case need no step sooner.
        double earliest = scope.State<AdaptivePdState>().HistoryOf(slot).Arrivals
            .EarliestOf(WaitingPrefills(instance), since: request.NowMs - targets.TtftLimitMs);
        return request.NowMs + stepEndMs - earliest < targets.TtftLimitMs;
    }

    /// <summary>Prefills that wait in the engine, without the decodes that wait there, or are on their way.</summary>
    private static long WaitingPrefills(FullModeInstance instance) =>
        Math.Max(0L, (long)instance.Status.WaitingRequestCount - instance.Status.SchedulerWaitingToDecodeRequests) + instance.Dispatched.PrefillRequests;
}
