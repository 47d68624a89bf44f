using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// KV headroom for new decodes on the instances that decode. While one of them computes a long prefill, new decodes must find a place on the others;
/// otherwise each would convert a prefiller.
/// </summary>
internal sealed class HeadroomElsewhere(AdaptivePdTargets targets, AdaptivePdMetrics metrics, AdaptivePdTuning tuning)
{
    /// <summary>The headroom on all candidates.</summary>
    public Total Sum(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> steps = scope.Values(metrics.Step);
        double caches = 0;
        int instances = 0;
        foreach (int slot in candidates)
        {
            caches += ShareOf(slot, scope);
            instances += steps[slot] > 0 ? 1 : 0;
        }

        return new Total(caches, instances);
    }

    /// <summary>Whether the headroom is sufficient without a given instance, which decodes.</summary>
    public bool IsEnough(Total total, int without, DecisionScope<FullModeInstance> scope) => total.Caches - ShareOf(without, scope)
        >= tuning.HeadroomElsewhereShare * Math.Max(tuning.FewestOthersWithHeadroom, total.Instances - 1);

    /// <summary>Headroom for new decodes on an instance as a share of its KV cache; 0 when no decode can be packed there.</summary>
    private double ShareOf(int slot, DecisionScope<FullModeInstance> scope)
    {
        FullModeInstance instance = scope.Instance(slot);
        double stepMs = scope.Values(metrics.Step)[slot];
        bool takesDecodes = stepMs > 0 && stepMs < targets.PackingLimitMs
            && scope.Values(metrics.Backlog)[slot] < targets.NearlyIdleBelowMs
            && instance != scope.State<AdaptivePdState>().Reserves.Prefill;
        double room = takesDecodes
            ? scope.Values(metrics.KvLeft)[slot] - (tuning.GrowthTokensPerDecode * scope.Values(metrics.Batch)[slot])
            : 0;
        return room > 0 ? room / instance.Status.TotalGpuTokens : 0;
    }

    /// <summary>Total headroom for new decodes.</summary>
    /// <param name="Caches">The headroom, in whole KV caches.</param>
    /// <param name="Instances">Number of instances with decodes.</param>
    internal readonly record struct Total(double Caches, int Instances);
}
