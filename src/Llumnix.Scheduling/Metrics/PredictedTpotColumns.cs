using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// The columns of <see cref="PredictedTpot"/>: each instance's batch with one more request, its tokens, and the cell of the decode table in which a request as
/// long as the last one is found. One more request changes the mean context by little, so that most requests are found there.
/// </summary>
/// <param name="metric">The metric.</param>
/// <param name="slots">Number of slots.</param>
internal sealed class PredictedTpotColumns(PredictedTpot metric, int slots) : PredictedLatencyColumns(metric, metric.Predictor, slots)
{
    private readonly Group[] _groups = new Group[LengthFor(slots) / Lanes];
    private readonly Vector256<double>[] _factors = new Vector256<double>[LengthFor(slots) / Lanes];
    private readonly Vector256<double>[] _margins = new Vector256<double>[LengthFor(slots) / Lanes];
    private readonly int[] _rows = new int[LengthFor(slots)];
    private double _lastPrompt;

    /// <inheritdoc/>
    protected override void Refresh(FullModeInstance instance, ref readonly LatencyInputs inputs, LatencyProfile profile)
    {
        int slot = instance.Slot;
        ref Group group = ref _groups[slot / Lanes];
        double batch = inputs.DecodeBatch + 1;
        _rows[slot] = profile.Decode.FindRow(batch, out double rowWeight);
        LatencyCell cell = profile.DecodeCell(batch, _rows[slot], rowWeight, inputs.DecodeTokens + _lastPrompt);
        Set(ref group.Batches, slot, batch);
        Set(ref group.Tokens, slot, inputs.DecodeTokens);
        Set(ref group.RowWeights, slot, rowWeight);
        Set(ref group.Begins, slot, cell.Begin);
        Set(ref group.Ends, slot, cell.End);
        Set(ref group.PerWidths, slot, cell.PerWidth);
        Set(ref group.Values, slot, cell.Value);
        Set(ref group.Rises, slot, cell.Rise);
        Set(ref group.ValuesBelow, slot, cell.ValueBelow);
        Set(ref group.RisesBelow, slot, cell.RiseBelow);
        Set(ref _factors[slot / Lanes], slot, instance.LatencyFactors.Decode);
        Set(ref _margins[slot / Lanes], slot, instance.LatencyFactors.TpotMargin);
    }

    /// <inheritdoc/>
    protected override void Prepare(ReadOnlySpan<int> slots, ReadOnlySpan<FullModeInstance> instances, in RequestFacts request) =>
        _lastPrompt = request.PromptTokens;

    /// <inheritdoc/>
    /// <remarks>Optimized from the first call on: until then vector operations would take twenty times as long, at the start of the scheduler.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Fill(LatencyProfile profile, int group, int end, in RequestFacts request, Span<double> values)
    {
        ReadOnlySpan<Group> groups = _groups.AsSpan(group, end - group);
        Span<Vector256<double>> results = MemoryMarshal.Cast<double, Vector256<double>>(values).Slice(group, groups.Length);
        Vector256<double> prompt = Vector256.Create((double)request.PromptTokens);
        for (int i = 0; i < groups.Length; i++)
        {
            ref readonly Group of = ref groups[i];
            Vector256<double> tokens = of.Tokens + prompt;
            Vector256<double> contexts = LatencyProfile.ContextsOf(of.Batches, tokens);
            Vector256<double> isInCell = Vector256.GreaterThanOrEqual(contexts, of.Begins) & Vector256.LessThan(contexts, of.Ends)
                & Vector256.GreaterThan(tokens, Vector256<double>.Zero);
            if (isInCell.ExtractMostSignificantBits() != 0b1111)
            {
                results[i] = Elsewhere(profile, group + i, tokens);
                continue;
            }

            // The same operations as in LatencyGrid.At, so that the result is the same to the last bit.
            Vector256<double> weights = (contexts - of.Begins) * of.PerWidths;
            Vector256<double> value = of.Values + (of.Rises * weights);
            results[i] = value + ((of.ValuesBelow + (of.RisesBelow * weights) - value) * of.RowWeights);
        }

        if (IsCorrected)
        {
            Correct(group, results);
        }
    }

    /// <summary>The decode parts of the steps of a group of which some are found in another cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector256<double> Elsewhere(LatencyProfile profile, int group, Vector256<double> tokens)
    {
        ref readonly Group of = ref _groups[group];
        return profile.DecodeMs(of.Batches, Vector128.Create<int>(_rows.AsSpan(group * Lanes, Lanes)), of.RowWeights, tokens);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Correct(int group, Span<Vector256<double>> results)
    {
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = _factors[group + i] * results[i] * _margins[group + i];
        }
    }

    /// <summary>What is read of four slots.</summary>
    private struct Group
    {
        public Vector256<double> Tokens;
        public Vector256<double> Batches;
        public Vector256<double> RowWeights;
        public Vector256<double> Begins;
        public Vector256<double> Ends;
        public Vector256<double> PerWidths;
        public Vector256<double> Values;
        public Vector256<double> Rises;
        public Vector256<double> ValuesBelow;
        public Vector256<double> RisesBelow;
    }
}
