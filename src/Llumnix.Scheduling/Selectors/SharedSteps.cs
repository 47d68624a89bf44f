using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Prefills that wait on an instance are computed in one step, as far as it has room, and all have their first tokens at its end: whoever joins
/// lengthens that step for those who were there before.
/// </summary>
internal static class SharedSteps
{
    /// <summary>Whether those who wait there are still in time when the request joins them.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="ttftMs">The request's predicted time to first token there, from now on, which is when the step ends.</param>
    /// <param name="request">The request.</param>
    /// <param name="limitMs">Longest time to first token, <see cref="SloSettings.TtftLimitMs"/>.</param>
    public static bool MayJoin(FullModeInstance instance, double ttftMs, in RequestFacts request, double limitMs)
    {
        long waiting = instance.UncomputedWaitingPrefillTokens + instance.Dispatched.UncomputedPrefillTokens;
        if (waiting <= 0 || waiting + request.PromptTokens > instance.MaxBatchedTokens)
        {
            return true;
        }

        double earliest = instance.PrefillArrivals.EarliestOf(instance.Status.WaitingRequestCount + instance.Dispatched.PrefillRequests);
        return request.NowMs + ttftMs - earliest < limitMs;
    }
}
