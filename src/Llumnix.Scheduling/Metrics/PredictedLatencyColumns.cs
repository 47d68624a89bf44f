using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// The columns of a predicted latency. What is read of four neighbouring slots lies side by side, a vector for each quantity, so that a decision reads memory in
/// order. Slots that other tables describe than their neighbours are computed one by one.
/// </summary>
/// <param name="metric">The metric.</param>
/// <param name="predictor">Its predictor.</param>
/// <param name="slots">Number of slots.</param>
internal abstract class PredictedLatencyColumns(InstanceMetric<FullModeInstance> metric, LatencyPredictor predictor, int slots)
    : MetricColumns<FullModeInstance>
{
    private readonly ProfileRuns _profiles = new(predictor, slots);
    private readonly bool[] _isCorrected = new bool[slots];

    /// <summary>Whether what is known of the instances' errors changes the values of some slots: without it all factors are 1.</summary>
    protected bool IsCorrected => CorrectedSlots > 0;

    private int CorrectedSlots { get; set; }

    /// <inheritdoc/>
    public sealed override void Refresh(FullModeInstance instance)
    {
        bool isCorrected = instance.LatencyFactors != LatencyFactors.None;
        ref bool wasCorrected = ref _isCorrected[instance.Slot];
        CorrectedSlots += (isCorrected ? 1 : 0) - (wasCorrected ? 1 : 0);
        wasCorrected = isCorrected;
        Refresh(instance, in predictor.InputsOf(instance), _profiles.Refresh(instance));
    }

    /// <inheritdoc/>
    public sealed override void Fill(
        ReadOnlySpan<int> slots, ReadOnlySpan<FullModeInstance> instances, in RequestFacts request, Span<double> values)
    {
        Prepare(slots, instances, in request);
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

    /// <summary>Takes over what an instance's columns depend on.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="inputs">What predictions for it depend on.</param>
    /// <param name="profile">Its tables.</param>
    protected abstract void Refresh(FullModeInstance instance, ref readonly LatencyInputs inputs, LatencyProfile profile);

    /// <summary>Called before values are computed for a request.</summary>
    protected abstract void Prepare(ReadOnlySpan<int> slots, ReadOnlySpan<FullModeInstance> instances, in RequestFacts request);

    /// <summary>Computes the values of groups that the same tables describe.</summary>
    /// <param name="profile">The tables.</param>
    /// <param name="group">The first group.</param>
    /// <param name="end">The end of the groups, exclusive.</param>
    /// <param name="request">The request.</param>
    /// <param name="values">Receives the values.</param>
    protected abstract void Fill(LatencyProfile profile, int group, int end, in RequestFacts request, Span<double> values);

    /// <summary>Sets the value of a slot in the vector of its group.</summary>
    protected static void Set(ref Vector256<double> lanes, int slot, double value) =>
        Unsafe.Add(ref Unsafe.As<Vector256<double>, double>(ref lanes), slot % Lanes) = value;
}
