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
/// <param name="metric">The metric.</param>
/// <param name="slots">Number of slots.</param>
internal sealed class PredictedTtftColumns(PredictedTtft metric, int slots) : MetricColumns<FullModeInstance>
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
    private readonly ProfileRuns _profiles = new(metric.Predictor, slots);

    /// <inheritdoc/>
    public override void Refresh(FullModeInstance instance)
    {
        int slot = instance.Slot;
        ref readonly LatencyInputs inputs = ref metric.Predictor.InputsOf(instance);
        _chunks[slot] = inputs.Chunk;
        _chunksMs[slot] = _profiles.Refresh(instance).Prefill.At(inputs.Chunk);
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
        ReadOnlySpan<double> uncomputed = [];
        if (request.PrefixHits is not null)
        {
            foreach (int slot in slots)
            {
                _uncomputed[slot] = LatencyPredictor.UncomputedTokens(instances[slot], in request);
            }

            uncomputed = _uncomputed;
        }

        int last = slots[^1] / Lanes;
        for (int group = slots[0] / Lanes; group <= last;)
        {
            int end = Math.Min(_profiles.EndOf(group, out LatencyProfile? profile), last + 1);
            if (profile is null)
            {
                FillAlone(metric, group, end, instances, in request, values);
            }
            else
            {
                Fill(profile, group, end, in request, uncomputed, values);
            }

            group = end;
        }
    }

    /// <summary>Follows <see cref="LatencyPredictor.TtftMs"/> and <see cref="FullModeInstance.ComputingMs"/> line by line; their branches are selections here.</summary>
    /// <param name="profile">The tables of the groups.</param>
    /// <param name="group">The first group.</param>
    /// <param name="end">The end of the groups, exclusive.</param>
    /// <param name="request">The request.</param>
    /// <param name="uncomputed">The tokens that each instance would compute; empty where all compute the whole prompt.</param>
    /// <param name="values">Receives the values.</param>
    /// <remarks>Optimized from the first call on: until then vector operations would take twenty times as long, at the start of the scheduler.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(LatencyProfile profile, int group, int end, in RequestFacts request, ReadOnlySpan<double> uncomputed, Span<double> values)
    {
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
        for (int i = group; i < end; i++)
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
