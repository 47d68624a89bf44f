using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>The columns of <see cref="PredictedTpot"/>: each instance's batch with one more request, its row of the decode table, its tokens and its factors.</summary>
/// <param name="metric">The metric.</param>
/// <param name="slots">Number of slots.</param>
internal sealed class PredictedTpotColumns(PredictedTpot metric, int slots) : MetricColumns<FullModeInstance>
{
    private readonly double[] _batches = new double[LengthFor(slots)];
    private readonly double[] _tokens = new double[LengthFor(slots)];
    private readonly double[] _rowWeights = new double[LengthFor(slots)];
    private readonly double[] _factors = new double[LengthFor(slots)];
    private readonly double[] _margins = new double[LengthFor(slots)];
    private readonly int[] _rows = new int[LengthFor(slots)];
    private readonly ProfileRuns _profiles = new(metric.Predictor, slots);

    /// <inheritdoc/>
    public override void Refresh(FullModeInstance instance)
    {
        int slot = instance.Slot;
        ref readonly LatencyInputs inputs = ref metric.Predictor.InputsOf(instance);
        _batches[slot] = inputs.DecodeBatch + 1;
        _tokens[slot] = inputs.DecodeTokens;
        _rows[slot] = _profiles.Refresh(instance).Decode.FindRow(inputs.DecodeBatch + 1, out _rowWeights[slot]);
        _factors[slot] = instance.LatencyFactors.Decode;
        _margins[slot] = instance.LatencyFactors.TpotMargin;
    }

    /// <inheritdoc/>
    public override void Fill(ReadOnlySpan<int> slots, ReadOnlySpan<FullModeInstance> instances, in RequestFacts request, Span<double> values)
    {
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
                Fill(profile, group, end, in request, values);
            }

            group = end;
        }
    }

    /// <summary>Computes the values of groups that the same tables describe.</summary>
    /// <remarks>Optimized from the first call on: until then vector operations would take twenty times as long, at the start of the scheduler.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(LatencyProfile profile, int group, int end, in RequestFacts request, Span<double> values)
    {
        ReadOnlySpan<Vector256<double>> batches = MemoryMarshal.Cast<double, Vector256<double>>(_batches);
        ReadOnlySpan<Vector256<double>> tokens = MemoryMarshal.Cast<double, Vector256<double>>(_tokens);
        ReadOnlySpan<Vector256<double>> rowWeights = MemoryMarshal.Cast<double, Vector256<double>>(_rowWeights);
        ReadOnlySpan<Vector128<int>> rows = MemoryMarshal.Cast<int, Vector128<int>>(_rows);
        ReadOnlySpan<Vector256<double>> factors = MemoryMarshal.Cast<double, Vector256<double>>(_factors);
        ReadOnlySpan<Vector256<double>> margins = MemoryMarshal.Cast<double, Vector256<double>>(_margins);
        Span<Vector256<double>> results = MemoryMarshal.Cast<double, Vector256<double>>(values);
        Vector256<double> prompt = Vector256.Create((double)request.PromptTokens);
        for (int i = group; i < end; i++)
        {
            results[i] = factors[i] * profile.DecodeMs(batches[i], rows[i], rowWeights[i], tokens[i] + prompt) * margins[i];
        }
    }
}
