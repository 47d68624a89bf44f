using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Prediction;

/// <summary>
/// Predicts latencies on an instance from profiling tables, in closed form. All times in milliseconds. What does not depend on the request is
/// kept with the instance until its load changes, so predictions for one instance are made by one thread at a time.
/// </summary>
/// <param name="profile">What the fleet's engines were measured to need.</param>
public sealed class LatencyPredictor(LatencyProfile profile)
{
    /// <summary>The decode part of the instance's steps now.</summary>
    public double DecodeStepMs(FullModeInstance instance) => InputsOf(instance).DecodeStepMs;

    /// <summary>Time until the prefills that are there or in flight are computed, without regard to their progress since the last status.</summary>
    public double PrefillBacklogMs(FullModeInstance instance)
    {
        ref readonly LatencyInputs inputs = ref InputsOf(instance);
        return profile.PrefillByChunksMs(inputs.BacklogTokens, inputs.DecodeStepMs, inputs.Chunk);
    }

    /// <summary>
    /// Time to first token of a request if it went here now. With known = the prefills in the status, e = how long the engine has computed them
    /// (<see cref="FullModeInstance.ComputingMs"/>: the status's age, or the time of the step under way, no more than that step takes) and r = the
    /// request's tokens without its prefix hit: when the known ones must be done by now, the time of those in flight and r; else the time of
    /// everything and r, less e; never less than that of r alone.
    /// </summary>
    public double TtftMs(FullModeInstance instance, in RequestFacts request)
    {
        ref readonly LatencyInputs inputs = ref InputsOf(instance);
        double tokens = UncomputedTokens(instance, in request);
        double alone = profile.PrefillByChunksMs(tokens, inputs.DecodeStepMs, inputs.Chunk);
        if (inputs.BacklogTokens <= 0)
        {
            return alone;
        }

        double elapsed = instance.ComputingMs(request.NowMs, inputs.StepMs);
        if (elapsed > inputs.KnownMs)
        {
            return inputs.InFlightTokens == 0 ? alone : profile.PrefillByChunksMs(inputs.InFlightTokens + tokens, inputs.DecodeStepMs, inputs.Chunk);
        }

        return Math.Max(alone, profile.PrefillByChunksMs(inputs.BacklogTokens + tokens, inputs.DecodeStepMs, inputs.Chunk) - elapsed);
    }

    /// <summary>Time that the request's prefill takes on the instance by itself, without the decodes in between.</summary>
    public double PrefillMs(FullModeInstance instance, in RequestFacts request) => PrefillMs(instance, UncomputedTokens(instance, in request));

    /// <summary>The same of so many prompt tokens; 0 unless they are above 0.</summary>
    public double PrefillMs(FullModeInstance instance, double tokens) =>
        profile.PrefillByChunksMs(tokens, decodeStepMs: 0, instance.MaxBatchedTokens);

    /// <summary>Time to first token of a request if nothing were to be prefilled before it, with the decodes in between.</summary>
    public double TtftAloneMs(FullModeInstance instance, in RequestFacts request) => profile.PrefillByChunksMs(
        UncomputedTokens(instance, in request), InputsOf(instance).DecodeStepMs, instance.MaxBatchedTokens);

    /// <summary>Prompt tokens of a request that are to be computed on the instance: those without its prefix hit there.</summary>
    public static int UncomputedTokens(FullModeInstance instance, in RequestFacts request) =>
        request.PromptTokens - (request.PrefixHits?.On(instance, request.PromptTokens) ?? 0);

    /// <summary>Time per output token of a request if it decoded here: the decode step with it in the batch.</summary>
    public double TpotMs(FullModeInstance instance, in RequestFacts request)
    {
        ref readonly LatencyInputs inputs = ref InputsOf(instance);
        return profile.DecodeMs(inputs.DecodeBatch + 1, inputs.DecodeTokens + request.PromptTokens);
    }

    private ref readonly LatencyInputs InputsOf(FullModeInstance instance)
    {
        ref LatencyInputs inputs = ref instance.LatencyInputs;
        if (inputs.Predictor != this)
        {
            Refresh(instance, ref inputs);
        }

        return ref inputs;
    }

    private void Refresh(FullModeInstance instance, ref LatencyInputs inputs)
    {
        double chunk = instance.MaxBatchedTokens;
        double known = Math.Max(0.0, instance.UncomputedWaitingPrefillTokens + instance.Status.UncomputedTokensSchedulerRunningPrefills);
        inputs.Chunk = chunk;
        inputs.DecodeBatch = InstanceSums.DecodeRequests(instance);
        inputs.DecodeTokens = InstanceSums.DecodeTokens(instance);
        inputs.DecodeStepMs = profile.DecodeMs(inputs.DecodeBatch, inputs.DecodeTokens);
        inputs.KnownMs = profile.PrefillByChunksMs(known, inputs.DecodeStepMs, chunk);
        inputs.StepMs = profile.PrefillByChunksMs(instance.StepPrefillTokens, inputs.DecodeStepMs, chunk);
        inputs.InFlightTokens = instance.Dispatched.UncomputedPrefillTokens;
        inputs.BacklogTokens = known + inputs.InFlightTokens;
        inputs.Predictor = this;
    }
}
