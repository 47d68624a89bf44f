using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Prediction;

/// <summary>
/// Predicts latencies on an instance from profiling tables, in closed form. All times in milliseconds. Values that do not depend on the request are
/// cached in the instance until its load changes, so that predictions for one instance must come from one thread at a time.
/// </summary>
/// <param name="classes">The measured step times of the fleet's engines.</param>
public sealed class LatencyPredictor(ProfileClasses classes)
{
    /// <summary>Predicts from the same tables for all instances.</summary>
    /// <param name="profile">The measured step times of the fleet's engines.</param>
    public LatencyPredictor(LatencyProfile profile)
        : this(new ProfileClasses([], profile))
    {
    }

    /// <summary>Which tables describe which instance.</summary>
    public ProfileClasses Classes => classes;

    /// <summary>The class of an instance, found once for its metadata.</summary>
    internal ProfileClass ClassOf(FullModeInstance instance)
    {
        ref ProfileAssignment assigned = ref instance.Profile;
        if (assigned.By != this)
        {
            (assigned.Class, assigned.By) = (classes.Of(instance.Metadata), this);
        }

        return assigned.Class!;
    }

    /// <summary>Sets the class of an instance, which has been found beside the lock.</summary>
    internal void Assign(FullModeInstance instance, ProfileClass of)
    {
        ref ProfileAssignment assigned = ref instance.Profile;
        (assigned.Class, assigned.By) = (of, this);
    }

    /// <summary>The tables of an instance's engine.</summary>
    internal LatencyProfile ProfileOf(FullModeInstance instance) => ClassOf(instance).Profile;

    /// <summary>The decode part of the instance's present steps.</summary>
    public double DecodeStepMs(FullModeInstance instance) => InputsOf(instance).DecodeStepMs;

    /// <summary>
    /// Time until the instance's prefills, those in flight included, are computed. Their progress since the last status is ignored.
    /// </summary>
    public double PrefillBacklogMs(FullModeInstance instance)
    {
        ref readonly LatencyInputs inputs = ref InputsOf(instance);
        return PrefillByChunksMs(instance, inputs.BacklogTokens, inputs.DecodeStepMs, inputs.Chunk);
    }

    /// <summary>
    /// Time to first token of a request if it were placed here now. Let K = the prefills in the status, F = the prefills in flight, r = the request's
    /// tokens without its prefix hit, T(x) = the time to compute x, and e = how long the engine has been computing K
    /// (<see cref="FullModeInstance.ComputingMs"/>: the age of the status, or the time since the step in progress began, up to the step's duration).
    /// Once K must be complete (e &gt; T(K)) the result is T(F + r), before that T(K + F + r) - e; never less than T(r).
    /// </summary>
    public double TtftMs(FullModeInstance instance, in RequestFacts request)
    {
        ref readonly LatencyInputs inputs = ref InputsOf(instance);
        double tokens = UncomputedTokens(instance, in request);
        double alone = PrefillByChunksMs(instance, tokens, inputs.DecodeStepMs, inputs.Chunk);
        if (inputs.BacklogTokens <= 0)
        {
            return alone;
        }

        double elapsed = instance.ComputingMs(request.NowMs, inputs.StepMs);
        if (elapsed > inputs.KnownMs)
        {
            return inputs.InFlightTokens == 0 ? alone : PrefillByChunksMs(instance, inputs.InFlightTokens + tokens, inputs.DecodeStepMs, inputs.Chunk);
        }

        return Math.Max(alone, PrefillByChunksMs(instance, inputs.BacklogTokens + tokens, inputs.DecodeStepMs, inputs.Chunk) - elapsed);
    }

    /// <summary>Time of the request's prefill on the instance alone, without decodes in between.</summary>
    public double PrefillMs(FullModeInstance instance, in RequestFacts request) => PrefillMs(instance, UncomputedTokens(instance, in request));

    /// <summary>Time to prefill a number of prompt tokens alone; 0 unless the number is above 0.</summary>
    public double PrefillMs(FullModeInstance instance, double tokens) =>
        PrefillByChunksMs(instance, tokens, decodeStepMs: 0, instance.MaxBatchedTokens);

    /// <summary>Time to first token of a request with no prefill before it, including the decodes in between.</summary>
    public double TtftAloneMs(FullModeInstance instance, in RequestFacts request) => PrefillByChunksMs(
        instance, UncomputedTokens(instance, in request), InputsOf(instance).DecodeStepMs, instance.MaxBatchedTokens);

    /// <summary>Prompt tokens of a request that the instance would compute: those beyond its prefix hit there.</summary>
    public static int UncomputedTokens(FullModeInstance instance, in RequestFacts request) =>
        request.PromptTokens - (request.PrefixHits?.On(instance, request.PromptTokens) ?? 0);

    /// <summary>Time per output token of a request if it decoded here: the decode step of the batch with the request in it.</summary>
    public double TpotMs(FullModeInstance instance, in RequestFacts request)
    {
        ref readonly LatencyInputs inputs = ref InputsOf(instance);
        return instance.LatencyFactors.Decode * ProfileOf(instance).DecodeMs(inputs.DecodeBatch + 1, inputs.DecodeTokens + request.PromptTokens);
    }

    /// <summary>
    /// <see cref="LatencyProfile.PrefillByChunksMs(double, double, double)"/> with the table of prefill times multiplied by the instance's factor: f·T(x) + d for each chunk is
    /// f·(T(x) + d / f).
    /// </summary>
    private double PrefillByChunksMs(FullModeInstance instance, double tokens, double decodeStepMs, double chunk)
    {
        double factor = instance.LatencyFactors.Prefill;
        LatencyProfile profile = ProfileOf(instance);
        return factor == 1
            ? profile.PrefillByChunksMs(tokens, decodeStepMs, chunk)
            : factor * profile.PrefillByChunksMs(tokens, decodeStepMs / factor, chunk);
    }

    /// <summary>What predictions for the instance depend on beside the request.</summary>
    internal ref readonly LatencyInputs InputsOf(FullModeInstance instance)
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
        inputs.DecodeStepMs = instance.LatencyFactors.Decode * ProfileOf(instance).DecodeMs(inputs.DecodeBatch, inputs.DecodeTokens);
        inputs.KnownMs = PrefillByChunksMs(instance, known, inputs.DecodeStepMs, chunk);
        inputs.StepMs = PrefillByChunksMs(instance, instance.StepPrefillTokens, inputs.DecodeStepMs, chunk);
        inputs.InFlightTokens = instance.BesideStatus.UncomputedPrefillTokens;
        inputs.BacklogTokens = known + inputs.InFlightTokens;
        inputs.Predictor = this;
    }
}
