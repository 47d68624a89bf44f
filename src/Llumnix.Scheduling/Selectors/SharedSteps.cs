using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Prefills that wait on an instance are computed in one step, as far as it has room, and all have their first tokens at its end: whoever joins
/// lengthens that step for those who were there before.
/// </summary>
internal sealed class SharedSteps(SloSettings slo, PredictedTtft ttft)
{
    /// <summary>Whether those who wait there and can be in time still are when the request joins them.</summary>
    /// <param name="slot">The instance.</param>
    /// <param name="scope">The decision.</param>
    public bool MayJoin(int slot, DecisionScope<FullModeInstance> scope)
    {
        ref readonly RequestFacts request = ref scope.Request;
        FullModeInstance instance = scope.Instance(slot);
        long waiting = instance.UncomputedWaitingPrefillTokens + instance.Dispatched.UncomputedPrefillTokens;
        if (waiting <= 0 || waiting >= instance.MaxBatchedTokens)
        {
            return true;
        }

        double beyond = waiting + LatencyPredictor.UncomputedTokens(instance, in request) - instance.MaxBatchedTokens;
        double stepEndMs = scope.Values(ttft)[slot] - request.HeldMs - slo.Predictor.PrefillMs(instance, beyond);
        double earliest = instance.PrefillArrivals.EarliestOf(WaitingPrefills(instance), since: request.NowMs - slo.TtftLimitMs);
        return request.NowMs + stepEndMs - earliest < slo.TtftLimitMs;
    }

    /// <summary>Prefills that wait in the engine, without the decodes that wait there, or are on their way.</summary>
    private static long WaitingPrefills(FullModeInstance instance) =>
        Math.Max(0L, (long)instance.Status.WaitingRequestCount - instance.Status.SchedulerWaitingToDecodeRequests) + instance.Dispatched.PrefillRequests;
}
