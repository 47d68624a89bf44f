using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Where a decode goes with adaptive prefill/decode. In this order: packed onto the fullest instance that still meets the target; onto an
/// instance that only prefills, which thereby starts to decode; where it does the least harm.
/// </summary>
internal sealed class AdaptiveDecodeSelector(
    SloSettings slo, RoleReserves<FullModeInstance> reserves, PredictedTtft ttft, PredictedTpot tpot) : CandidateSelector<FullModeInstance>
{
    private readonly PrefillBacklogTime _backlog = new(slo.Predictor);
    private readonly KvCacheTokensLeft _kvLeft = new();

    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics => [ttft, tpot, _backlog, _kvLeft, FullModeMetrics.DecodeBatchSize];

    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        reserves.Elect(candidates, scope.Instances);
        int packed = Pack(candidates, scope);
        if (packed >= 0)
        {
            return packed;
        }

        int converted = Convert(candidates, scope);
        return converted >= 0 ? converted
            : slo.Overload == SloOverload.Reject ? -1
            : Overload(candidates, scope);
    }

    /// <summary>The one kept for decodes if it can take the request, else the one that comes closest to the target.</summary>
    private int Pack(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> backlogs = scope.Values(_backlog);
        int kept = 0;
        foreach (int slot in candidates)
        {
            if (MeetsTarget(slot, scope) && backlogs[slot] < slo.TpotLimitMs)
            {
                if (slot == reserves.Decode!.Slot)
                {
                    return slot;
                }

                scope.Scratch[kept++] = slot;
            }
        }

        return Extremes.Highest(scope.Scratch[..kept], scope.Values(tpot), scope.Random);
    }

    private int Convert(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> batches = scope.Values(FullModeMetrics.DecodeBatchSize);
        int kept = 0;
        foreach (int slot in candidates)
        {
            scope.Scratch[kept] = slot;
            kept += batches[slot] <= 0 && MeetsTarget(slot, scope) ? 1 : 0;
        }

        return kept == 0 ? -1 : Extremes.Lowest(scope.Scratch[..kept], scope.Values(ttft), scope.Random);
    }

    private int Overload(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> batches = scope.Values(FullModeMetrics.DecodeBatchSize);
        int kept = 0;
        foreach (int slot in candidates)
        {
            scope.Scratch[kept] = slot;
            kept += batches[slot] > 0 ? 1 : 0;
        }

        ReadOnlySpan<int> decoders = kept > 0 ? scope.Scratch[..kept] : candidates;
        return slo.Overload is SloOverload.Triage or SloOverload.Hold
            ? Extremes.Highest(decoders, scope.Values(tpot), scope.Random)
            : Extremes.Lowest(decoders, scope.Values(tpot), scope.Random);
    }

    /// <summary>The one kept for prefills takes no decodes, unless there is nobody else.</summary>
    private bool MeetsTarget(int slot, DecisionScope<FullModeInstance> scope) =>
        (slot != reserves.Prefill!.Slot || reserves.Prefill == reserves.Decode)
        && scope.Values(tpot)[slot] < slo.TpotLimitMs
        && scope.Values(_kvLeft)[slot] >= (double)scope.Request.PromptTokens + slo.ExpectedOutputTokens + Growth(slot, scope);

    /// <summary>What the decodes that are there will still need, lest one of them is preempted and stalls all others with its recomputation.</summary>
    private double Growth(int slot, DecisionScope<FullModeInstance> scope) => slo.Rules == AdaptivePdRules.Tuned
        ? SloSettings.GrowthTokensPerDecode * scope.Values(FullModeMetrics.DecodeBatchSize)[slot]
        : 0;
}
