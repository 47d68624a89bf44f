using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Places a request that is not split on the instance with the lowest predicted TTFT among those with a place for its decode, if that is in time.
/// </summary>
internal sealed class MeetBothTargets(AdaptivePdTargets targets, AdaptivePdMetrics metrics, DecodePlaces places) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Ttft, .. places.Metrics];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        ReadOnlySpan<double> latencies = scope.Values(metrics.Ttft);
        Span<int> slots = places.FindForBothRoles(targets.PackingLimitMs, candidates, scope);
        int fastest = Extremes.Lowest(slots, latencies, scope.Random);
        selection = Selection.At(fastest);
        return fastest >= 0 && latencies[fastest] < targets.TtftLimitMs;
    }
}
