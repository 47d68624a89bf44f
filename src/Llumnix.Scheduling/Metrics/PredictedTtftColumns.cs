using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>The columns of <see cref="PredictedTtft"/>: each instance's prefills, the times of its steps, its factors, and when its status was written.</summary>
/// <param name="metric">The metric.</param>
/// <param name="slots">Number of slots.</param>
internal sealed class PredictedTtftColumns(PredictedTtft metric, int slots) : PredictedLatencyColumns(metric, metric.Predictor, slots)
{
    private readonly Group[] _groups = new Group[LengthFor(slots) / Lanes];
    private readonly Vector256<double>[] _chunksMs = new Vector256<double>[LengthFor(slots) / Lanes];
    private readonly Vector256<double>[] _factors = new Vector256<double>[LengthFor(slots) / Lanes];
    private readonly Vector256<double>[] _margins = new Vector256<double>[LengthFor(slots) / Lanes];

    /// <summary>The tokens that each instance would compute, where prefix hits differ.</summary>
    private readonly double[] _uncomputed = new double[LengthFor(slots)];

    /// <inheritdoc/>
    protected override void Refresh(FullModeInstance instance, ref readonly LatencyInputs inputs, LatencyProfile profile)
    {
        int slot = instance.Slot;
        int index = slot / Lanes;
        ref Group group = ref _groups[index];
        Set(ref group.Chunks, slot, inputs.Chunk);
        Set(ref group.DecodeStepsMs, slot, inputs.DecodeStepMs / instance.LatencyFactors.Prefill);
        Set(ref group.Backlogs, slot, inputs.BacklogTokens);
        Set(ref group.InFlight, slot, inputs.InFlightTokens);
        Set(ref group.KnownMs, slot, inputs.KnownMs);
        Set(ref group.WrittenMs, slot, instance.WrittenMs);
        Set(ref group.StepWrittenMs, slot, instance.StepWrittenMs);
        Set(ref group.StepsMs, slot, instance.IsWithinPrefillStep ? inputs.StepMs : 0);
        Set(ref _chunksMs[index], slot, profile.Prefill.At(inputs.Chunk));
        Set(ref _factors[index], slot, instance.LatencyFactors.Prefill);
        Set(ref _margins[index], slot, instance.LatencyFactors.TtftMargin);
    }

    /// <inheritdoc/>
    protected override void Prepare(ReadOnlySpan<int> slots, ReadOnlySpan<FullModeInstance> instances, in RequestFacts request)
    {
        if (request.PrefixHits is not null)
        {
            foreach (int slot in slots)
            {
                _uncomputed[slot] = LatencyPredictor.UncomputedTokens(instances[slot], in request);
            }
        }
    }

    /// <summary>Follows <see cref="LatencyPredictor.TtftMs"/> and <see cref="FullModeInstance.ComputingMs"/> line by line; their branches are selections here.</summary>
    /// <inheritdoc/>
    /// <remarks>Optimized from the first call on: until then vector operations would take twenty times as long, at the start of the scheduler.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Fill(LatencyProfile profile, int group, int end, in RequestFacts request, Span<double> values)
    {
        ReadOnlySpan<Group> groups = _groups.AsSpan(group, end - group);
        Span<Vector256<double>> results = MemoryMarshal.Cast<double, Vector256<double>>(values).Slice(group, groups.Length);
        bool isWhole = request.PrefixHits is null && request.PromptTokens > 0;
        bool isCorrected = IsCorrected;
        Vector256<double> now = Vector256.Create(request.NowMs);
        Vector256<double> deferred = Vector256.Create(request.DeferredMs);
        Vector256<double> prompt = Vector256.Create((double)request.PromptTokens);
        Vector256<double> promptMs = Vector256.Create(profile.Prefill.At(request.PromptTokens));
        for (int i = 0; i < groups.Length; i++)
        {
            ref readonly Group of = ref groups[i];
            Vector256<double> stepMs = of.DecodeStepsMs;
            Vector256<double> tokens = request.PrefixHits is null ? prompt : UncomputedOf(group + i);
            Vector256<double> aloneMs = isWhole && Vector256.LessThanOrEqualAll(prompt, of.Chunks)
                ? promptMs + stepMs
                : profile.PrefillByChunksMs(tokens, stepMs, of.Chunks, _chunksMs[group + i]);
            Vector256<double> ageMs = Vector256.MaxNative(now - of.WrittenMs, Vector256<double>.Zero);
            Vector256<double> elapsedMs = Vector256.MaxNative(ageMs, Vector256.MinNative(of.StepsMs, now - of.StepWrittenMs));
            Vector256<double> isKnownDone = Vector256.GreaterThan(elapsedMs, of.KnownMs);
            Vector256<double> ahead = Vector256.ConditionalSelect(isKnownDone, of.InFlight, of.Backlogs);
            Vector256<double> behindMs = profile.PrefillByChunksMs(ahead + tokens, stepMs, of.Chunks, _chunksMs[group + i]);
            if (isCorrected)
            {
                aloneMs *= _factors[group + i];
                behindMs *= _factors[group + i];
            }

            Vector256<double> waitingMs = Vector256.ConditionalSelect(isKnownDone, behindMs, Vector256.MaxNative(aloneMs, behindMs - elapsedMs));
            Vector256<double> isWaiting = Vector256.GreaterThan(of.Backlogs, Vector256<double>.Zero);
            Vector256<double> latencyMs = Vector256.ConditionalSelect(isWaiting, waitingMs, aloneMs);
            results[i] = deferred + (isCorrected ? latencyMs * _margins[group + i] : latencyMs);
        }
    }

    private Vector256<double> UncomputedOf(int group) => Vector256.Create<double>(_uncomputed.AsSpan(group * Lanes, Lanes));

    /// <summary>What is read of four slots.</summary>
    private struct Group
    {
        public Vector256<double> Chunks;

        /// <summary>The decode part of a step / the factor of prefill times, which multiplies it again.</summary>
        public Vector256<double> DecodeStepsMs;
        public Vector256<double> Backlogs;
        public Vector256<double> InFlight;
        public Vector256<double> KnownMs;
        public Vector256<double> WrittenMs;
        public Vector256<double> StepWrittenMs;

        /// <summary>The longest time that counts as elapsed of a prefill step which the status shows again; 0 for other statuses.</summary>
        public Vector256<double> StepsMs;
    }
}
