using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Prediction;

/// <summary>Predicts latencies on an instance from profiling tables, in closed form. Immutable; all times in milliseconds.</summary>
/// <param name="profile">What the fleet's engines were measured to need.</param>
public sealed class LatencyPredictor(LatencyProfile profile)
{
    /// <summary>The decode part of the instance's steps now.</summary>
    public double DecodeStepMs(FullModeInstance instance) => profile.DecodeMs(
        FullModeMetrics.DecodeBatchSize.Evaluate(instance), FullModeMetrics.AllDecodesTokens.Evaluate(instance));

    /// <summary>Time until the prefills that are there or in flight are computed, without regard to their progress since the last status.</summary>
    public double PrefillBacklogMs(FullModeInstance instance) => profile.PrefillByChunksMs(
        FullModeMetrics.AllPrefillsTokens.Evaluate(instance), DecodeStepMs(instance), instance.MaxBatchedTokens);

    /// <summary>
    /// Time to first token of a request if it went here now. With known = the prefills in the status, e = how long the engine has
    /// computed them (<see cref="FullModeInstance.ComputingMs"/>) and r = the request's tokens without its prefix hit: when the known ones must be done by now, the time of those in flight and r; else the time
    /// of everything and r, less e; never less than that of r alone.
    /// </summary>
    public double TtftMs(FullModeInstance instance, in RequestFacts request)
    {
        double decodeStep = DecodeStepMs(instance);
        double chunk = instance.MaxBatchedTokens;
        double tokens = request.PromptTokens - (request.PrefixHits?.On(instance, request.PromptTokens) ?? 0);
        double inFlight = instance.Dispatched.UncomputedPrefillTokens;
        double known = Math.Max(0.0, instance.UncomputedWaitingPrefillTokens + instance.Status.UncomputedTokensSchedulerRunningPrefills);
        double alone = profile.PrefillByChunksMs(tokens, decodeStep, chunk);
        double elapsed = instance.ComputingMs(
            request.NowMs, instance.IsWithinPrefillStep ? profile.PrefillByChunksMs(instance.StepPrefillTokens, decodeStep, chunk) : 0);
        if (elapsed > profile.PrefillByChunksMs(known, decodeStep, chunk))
        {
            return inFlight == 0 ? alone : profile.PrefillByChunksMs(inFlight + tokens, decodeStep, chunk);
        }

        return Math.Max(alone, profile.PrefillByChunksMs(known + inFlight + tokens, decodeStep, chunk) - elapsed);
    }

    /// <summary>Time that the request's prefill takes on the instance by itself, without the decodes in between.</summary>
    public double PrefillMs(FullModeInstance instance, in RequestFacts request) => profile.PrefillByChunksMs(
        request.PromptTokens - (request.PrefixHits?.On(instance, request.PromptTokens) ?? 0), decodeStepMs: 0, instance.MaxBatchedTokens);

    /// <summary>Time per output token of a request if it decoded here: the decode step with it in the batch.</summary>
    public double TpotMs(FullModeInstance instance, in RequestFacts request) => profile.DecodeMs(
        FullModeMetrics.DecodeBatchSize.Evaluate(instance) + 1,
        FullModeMetrics.AllDecodesTokens.Evaluate(instance) + request.PromptTokens);
}
