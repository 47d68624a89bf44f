using System.Runtime.CompilerServices;
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

    /// <summary>Follows <see cref="LatencyPredictor.TtftMs"/> line by line; its branches are selections here.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="request">The request.</param>
    /// <param name="uncomputed">The tokens that each instance would compute; empty where all compute the whole prompt.</param>
    /// <param name="values">Receives the values.</param>
    /// <remarks>Optimized from the first call on: until then vector operations would take twenty times as long, at the start of the scheduler.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(ReadOnlySpan<int> slots, in RequestFacts request, ReadOnlySpan<double> uncomputed, Span<double> values)
    {
        LatencyProfile profile = predictor.Profile;
        ReadOnlySpan<double> chunks = _chunks;
        ReadOnlySpan<double> chunksMs = _chunksMs;
        ReadOnlySpan<double> decodeStepsMs = _decodeStepsMs;
        ReadOnlySpan<double> backlogs = _backlogs;
        Vector256<double> now = Vector256.Create(request.NowMs);
        Vector256<double> deferred = Vector256.Create(request.DeferredMs);
        Vector256<double> prompt = Vector256.Create((double)request.PromptTokens);
        Vector256<double> promptMs = Vector256.Create(profile.Prefill.At(request.PromptTokens));
        for (int slot = slots[0] / Lanes * Lanes; slot <= slots[^1]; slot += Lanes)
        {
            Vector256<double> chunk = Vector256.Create(chunks[slot..]);
            Vector256<double> chunkMs = Vector256.Create(chunksMs[slot..]);
            Vector256<double> stepMs = Vector256.Create(decodeStepsMs[slot..]);
            Vector256<double> backlog = Vector256.Create(backlogs[slot..]);
            Vector256<double> tokens = uncomputed.IsEmpty ? prompt : Vector256.Create(uncomputed[slot..]);
            Vector256<double> factor = Vector256.Create(_factors, slot);
            Vector256<double> aloneMs = factor * (uncomputed.IsEmpty && request.PromptTokens > 0 && Vector256.LessThanOrEqualAll(prompt, chunk)
                ? promptMs + stepMs
                : profile.PrefillByChunksMs(tokens, stepMs, chunk, chunkMs));
            Vector256<double> elapsedMs = Elapsed(slot, now);
            Vector256<double> isKnownDone = Vector256.GreaterThan(elapsedMs, Vector256.Create(_knownMs, slot));
            Vector256<double> ahead = Vector256.ConditionalSelect(isKnownDone, Vector256.Create(_inFlight, slot), backlog);
            Vector256<double> behindMs = factor * profile.PrefillByChunksMs(ahead + tokens, stepMs, chunk, chunkMs);
            Vector256<double> waitingMs = Vector256.ConditionalSelect(isKnownDone, behindMs, Vector256.MaxNative(aloneMs, behindMs - elapsedMs));
            Vector256<double> isWaiting = Vector256.GreaterThan(backlog, Vector256<double>.Zero);
            Vector256<double> ttftMs = Vector256.ConditionalSelect(isWaiting, waitingMs, aloneMs);
            (deferred + (ttftMs * Vector256.Create(_margins, slot))).CopyTo(values[slot..]);
        }
    }

    /// <summary><see cref="FullModeInstance.ComputingMs"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<double> Elapsed(int slot, Vector256<double> now)
    {
        Vector256<double> ageMs = Vector256.MaxNative(now - Vector256.Create(_writtenMs, slot), Vector256<double>.Zero);
        return Vector256.MaxNative(ageMs, Vector256.MinNative(Vector256.Create(_stepsMs, slot), now - Vector256.Create(_stepWrittenMs, slot)));
    }
}
