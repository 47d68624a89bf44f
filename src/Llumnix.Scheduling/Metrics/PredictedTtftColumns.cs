using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>The columns of <see cref="PredictedTtft"/>: each instance's prefills, the times of its steps, its factors, and when its status was written.</summary>
/// <param name="predictor">Predicts the latency.</param>
/// <param name="slots">Number of slots.</param>
internal sealed class PredictedTtftColumns(LatencyPredictor predictor, int slots) : MetricColumns<FullModeInstance>
{
    private readonly double[] _chunks = new double[LengthFor(slots)];
    private readonly double[] _chunksMs = new double[LengthFor(slots)];
    private readonly double[] _factors = new double[LengthFor(slots)];
    private readonly double[] _margins = new double[LengthFor(slots)];

    /// <summary>The decode part of a step / the factor of prefill times, which multiplies it again.</summary>
    private readonly double[] _decodeStepsMs = new double[LengthFor(slots)];
    private readonly double[] _backlogs = new double[LengthFor(slots)];
    private readonly double[] _inFlight = new double[LengthFor(slots)];
    private readonly double[] _knownMs = new double[LengthFor(slots)];
    private readonly double[] _writtenMs = new double[LengthFor(slots)];
    private readonly double[] _stepWrittenMs = new double[LengthFor(slots)];

    /// <summary>The longest time that counts as elapsed of a prefill step which the status shows again; 0 for other statuses.</summary>
    private readonly double[] _stepsMs = new double[LengthFor(slots)];

    /// <summary>Scratch memory: the tokens that each instance would compute, where prefix hits differ.</summary>
    private readonly double[] _uncomputed = new double[LengthFor(slots)];

    /// <inheritdoc/>
    public override void Refresh(FullModeInstance instance)
    {
        int slot = instance.Slot;
        ref readonly LatencyInputs inputs = ref predictor.InputsOf(instance);
        _chunks[slot] = inputs.Chunk;
        _chunksMs[slot] = predictor.Profile.Prefill.At(inputs.Chunk);
        _factors[slot] = instance.LatencyFactors.Prefill;
        _margins[slot] = instance.LatencyFactors.TtftMargin;
        _decodeStepsMs[slot] = inputs.DecodeStepMs / instance.LatencyFactors.Prefill;
        _backlogs[slot] = inputs.BacklogTokens;
        _inFlight[slot] = inputs.InFlightTokens;
        _knownMs[slot] = inputs.KnownMs;
        _writtenMs[slot] = instance.WrittenMs;
        _stepWrittenMs[slot] = instance.StepWrittenMs;
        _stepsMs[slot] = instance.IsWithinPrefillStep ? inputs.StepMs : 0;
    }

    /// <inheritdoc/>
    public override void Fill(ReadOnlySpan<int> slots, ReadOnlySpan<FullModeInstance> instances, in RequestFacts request, Span<double> values)
    {
        if (request.PrefixHits is null)
        {
            Fill(slots, in request, [], values);
            return;
        }

        foreach (int slot in slots)
        {
            _uncomputed[slot] = LatencyPredictor.UncomputedTokens(instances[slot], in request);
        }

        Fill(slots, in request, _uncomputed, values);
    }

    /// <summary>Follows <see cref="LatencyPredictor.TtftMs"/> and <see cref="FullModeInstance.ComputingMs"/> line by line; their branches are selections here.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="request">The request.</param>
    /// <param name="uncomputed">The tokens that each instance would compute; empty where all compute the whole prompt.</param>
    /// <param name="values">Receives the values.</param>
    /// <remarks>Optimized from the first call on: until then vector operations would take twenty times as long, at the start of the scheduler.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(ReadOnlySpan<int> slots, in RequestFacts request, ReadOnlySpan<double> uncomputed, Span<double> values)
    {
        LatencyProfile profile = predictor.Profile;
        ReadOnlySpan<Vector256<double>> chunks = MemoryMarshal.Cast<double, Vector256<double>>(_chunks);
        ReadOnlySpan<Vector256<double>> chunksMs = MemoryMarshal.Cast<double, Vector256<double>>(_chunksMs);
        ReadOnlySpan<Vector256<double>> decodeStepsMs = MemoryMarshal.Cast<double, Vector256<double>>(_decodeStepsMs);
        ReadOnlySpan<Vector256<double>> backlogs = MemoryMarshal.Cast<double, Vector256<double>>(_backlogs);
        ReadOnlySpan<Vector256<double>> inFlight = MemoryMarshal.Cast<double, Vector256<double>>(_inFlight);
        ReadOnlySpan<Vector256<double>> knownMs = MemoryMarshal.Cast<double, Vector256<double>>(_knownMs);
        ReadOnlySpan<Vector256<double>> writtenMs = MemoryMarshal.Cast<double, Vector256<double>>(_writtenMs);
        ReadOnlySpan<Vector256<double>> stepsMs = MemoryMarshal.Cast<double, Vector256<double>>(_stepsMs);
        ReadOnlySpan<Vector256<double>> stepWrittenMs = MemoryMarshal.Cast<double, Vector256<double>>(_stepWrittenMs);
        ReadOnlySpan<Vector256<double>> tokensOf = MemoryMarshal.Cast<double, Vector256<double>>(uncomputed);
        ReadOnlySpan<Vector256<double>> factors = MemoryMarshal.Cast<double, Vector256<double>>(_factors);
        ReadOnlySpan<Vector256<double>> margins = MemoryMarshal.Cast<double, Vector256<double>>(_margins);
        Span<Vector256<double>> results = MemoryMarshal.Cast<double, Vector256<double>>(values);
        Vector256<double> now = Vector256.Create(request.NowMs);
        Vector256<double> deferred = Vector256.Create(request.DeferredMs);
        Vector256<double> prompt = Vector256.Create((double)request.PromptTokens);
        Vector256<double> promptMs = Vector256.Create(profile.Prefill.At(request.PromptTokens));
        for (int i = slots[0] / Lanes; i <= slots[^1] / Lanes; i++)
        {
            Vector256<double> chunk = chunks[i];
            Vector256<double> chunkMs = chunksMs[i];
            Vector256<double> stepMs = decodeStepsMs[i];
            Vector256<double> backlog = backlogs[i];
            Vector256<double> tokens = tokensOf.IsEmpty ? prompt : tokensOf[i];
            Vector256<double> factor = factors[i];
            Vector256<double> aloneMs = factor * (tokensOf.IsEmpty && request.PromptTokens > 0 && Vector256.LessThanOrEqualAll(prompt, chunk)
                ? promptMs + stepMs
                : profile.PrefillByChunksMs(tokens, stepMs, chunk, chunkMs));
            Vector256<double> ageMs = Vector256.MaxNative(now - writtenMs[i], Vector256<double>.Zero);
            Vector256<double> elapsedMs = Vector256.MaxNative(ageMs, Vector256.MinNative(stepsMs[i], now - stepWrittenMs[i]));
            Vector256<double> isKnownDone = Vector256.GreaterThan(elapsedMs, knownMs[i]);
            Vector256<double> ahead = Vector256.ConditionalSelect(isKnownDone, inFlight[i], backlog);
            Vector256<double> behindMs = factor * profile.PrefillByChunksMs(ahead + tokens, stepMs, chunk, chunkMs);
            Vector256<double> waitingMs = Vector256.ConditionalSelect(isKnownDone, behindMs, Vector256.MaxNative(aloneMs, behindMs - elapsedMs));
            Vector256<double> isWaiting = Vector256.GreaterThan(backlog, Vector256<double>.Zero);
            results[i] = deferred + (Vector256.ConditionalSelect(isWaiting, waitingMs, aloneMs) * margins[i]);
        }
    }
}
