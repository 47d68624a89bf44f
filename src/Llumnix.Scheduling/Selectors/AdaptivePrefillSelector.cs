using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Where a prefill goes with adaptive prefill/decode: among the instances without decode work that are not kept for decodes, the one with
/// the lowest predicted time to first token; when there are none, the one kept for prefills.
/// </summary>
internal sealed class AdaptivePrefillSelector(SloSettings slo, RoleReserves<FullModeInstance> reserves, PredictedTtft ttft)
    : CandidateSelector<FullModeInstance>
{
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [ttft, FullModeMetrics.DecodeBatchSize];

    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        reserves.Elect(candidates, scope.Instances);
        ReadOnlySpan<double> latencies = scope.Values(ttft);
        Span<int> prefillers = WithoutDecodes(candidates, scope);
        int best = prefillers.IsEmpty ? reserves.Prefill!.Slot : Fastest(prefillers, latencies, scope.Random);
        if (latencies[best] < slo.TtftLimitMs)
        {
            return best;
        }

        return slo.Overload switch
        {
            SloOverload.Reject => -1,
            SloOverload.Triage when !prefillers.IsEmpty => Extremes.Highest(prefillers, latencies, scope.Random),
            _ => best,
        };
    }

    private Span<int> WithoutDecodes(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> batches = scope.Values(FullModeMetrics.DecodeBatchSize);
        int kept = 0;
        foreach (int slot in candidates)
        {
            scope.Scratch[kept] = slot;
            kept += batches[slot] <= 0 && slot != reserves.Decode!.Slot ? 1 : 0;
        }

        return scope.Scratch[..kept];
    }

    /// <summary>Among equals the one that is kept for prefills.</summary>
    private int Fastest(ReadOnlySpan<int> slots, ReadOnlySpan<double> latencies, Random random)
    {
        int best = Extremes.Lowest(slots, latencies, random);
        int reserved = reserves.Prefill!.Slot;
        return slots.BinarySearch(reserved) >= 0 && latencies[reserved] == latencies[best] ? reserved : best;
    }
}
