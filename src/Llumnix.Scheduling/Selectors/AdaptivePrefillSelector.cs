using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Where a prefill goes with adaptive prefill/decode: among the instances without decode work that are not kept for decodes, the one with
/// the lowest predicted time to first token; when there are none, the one kept for prefills. See <see cref="AdaptivePdRules"/> for what the
/// tuned rules add.
/// </summary>
internal sealed class AdaptivePrefillSelector : CandidateSelector<FullModeInstance>
{
    private readonly SloSettings _slo;
    private readonly RoleReserves<FullModeInstance> _reserves;
    private readonly PredictedTtft _ttft;
    private readonly SlackPrefills? _slack;

    public AdaptivePrefillSelector(SloSettings slo, RoleReserves<FullModeInstance> reserves, PredictedTtft ttft)
    {
        _slo = slo;
        _reserves = reserves;
        _ttft = ttft;
        _slack = slo.Rules == AdaptivePdRules.Tuned ? new SlackPrefills(slo) : null;
        Metrics = [ttft, FullModeMetrics.DecodeBatchSize, .. _slack?.Metrics ?? []];
    }

    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; }

    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        _reserves.Elect(candidates, scope.Instances);
        ReadOnlySpan<double> latencies = scope.Values(_ttft);
        Span<int> prefillers = WithoutDecodes(candidates, scope);
        int best = prefillers.IsEmpty ? _reserves.Prefill!.Slot : Fastest(prefillers, latencies, scope.Random);
        if (_slack is not null && latencies[best] >= SlackPrefills.FromShareOfLimit * _slo.TtftLimitMs)
        {
            int slack = _slack.Find(candidates, scope);
            if (slack >= 0 && latencies[slack] < latencies[best])
            {
                return slack;
            }
        }

        if (latencies[best] < LimitMs(best, scope))
        {
            return best;
        }

        return _slo.Overload switch
        {
            SloOverload.Reject => -1,
            SloOverload.Triage when !prefillers.IsEmpty => Extremes.Highest(prefillers, latencies, scope.Random),
            _ => best,
        };
    }

    public override void OnPlaced(FullModeInstance instance, in RequestFacts request) => _slack?.OnPlaced(instance, in request);

    /// <summary>
    /// When not all can be in time, a long prompt costs the time of several short ones: it counts as late earlier by its own length, though
    /// not before time is short.
    /// </summary>
    private double LimitMs(int slot, DecisionScope<FullModeInstance> scope) => _slack is null
        ? _slo.TtftLimitMs
        : Math.Max(
            SlackPrefills.FromShareOfLimit * _slo.TtftLimitMs,
            _slo.TtftLimitMs - _slo.Predictor.PrefillMs(scope.Instance(slot), in scope.Request));

    private Span<int> WithoutDecodes(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> batches = scope.Values(FullModeMetrics.DecodeBatchSize);
        int kept = 0;
        foreach (int slot in candidates)
        {
            scope.Scratch[kept] = slot;
            kept += batches[slot] <= 0 && slot != _reserves.Decode!.Slot ? 1 : 0;
        }

        return scope.Scratch[..kept];
    }

    /// <summary>Among equals the one that is kept for prefills.</summary>
    private int Fastest(ReadOnlySpan<int> slots, ReadOnlySpan<double> latencies, Random random)
    {
        int best = Extremes.Lowest(slots, latencies, random);
        int reserved = _reserves.Prefill!.Slot;
        return slots.BinarySearch(reserved) >= 0 && latencies[reserved] == latencies[best] ? reserved : best;
    }
}
