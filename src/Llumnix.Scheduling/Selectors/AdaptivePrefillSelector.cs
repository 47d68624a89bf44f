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
    /// <summary>From this share of the limit on a long prompt counts as late earlier.</summary>
    private const double TimeIsShortFromShareOfLimit = 0.8;

    private readonly SloSettings _slo;
    private readonly RoleReserves<FullModeInstance> _reserves;
    private readonly PredictedTtft _ttft;
    private readonly SlackPrefills? _slack;
    private readonly SharedSteps? _sharedSteps;
    private readonly HoldRule _hold;
    private bool _isLate;

    public AdaptivePrefillSelector(SloSettings slo, RoleReserves<FullModeInstance> reserves, PredictedTtft ttft)
    {
        _slo = slo;
        _reserves = reserves;
        _ttft = ttft;
        _hold = new HoldRule(slo, ttft);
        bool isTuned = slo.Rules == AdaptivePdRules.Tuned;
        _slack = isTuned ? new SlackPrefills(slo, reserves) : null;
        _sharedSteps = isTuned ? new SharedSteps(slo, ttft) : null;
        Metrics = [ttft, FullModeMetrics.DecodeBatchSize, .. _slack?.Metrics ?? []];
    }

    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; }

    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> latencies = scope.Values(_ttft);
        int best = Fastest(InTime(Prefillers(candidates, scope), scope), latencies, scope.Random);
        if (_slack is not null && (best < 0 || latencies[best] >= SlackPrefills.FromShareOfLimit * _slo.TtftLimitMs))
        {
            int slack = _slack.Find(candidates, scope);
            bool isBetter = slack >= 0 && (best < 0 ? IsInTime(slack, latencies[slack], scope) : latencies[slack] < latencies[best]);
            best = isBetter ? slack : best;
        }

        _isLate = best < 0;
        return _isLate ? Overload(candidates, scope) : best;
    }

    public override void OnPlaced(FullModeInstance instance, in RequestFacts request)
    {
        if (_slack is not null)
        {
            instance.PrefillArrivals.Add(_isLate ? double.PositiveInfinity : request.NowMs - request.HeldMs);
            SlackPrefills.OnPrefillPlaced(_slo, instance, in request);
        }
    }

    private int Overload(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<int> prefillers = Prefillers(candidates, scope);
        return _slo.Overload switch
        {
            SloOverload.Reject => -1,
            SloOverload.Hold when !_hold.IsOver(in scope.Request) => _hold.Select(prefillers, prefillers, scope),
            SloOverload.Hold or SloOverload.Triage => Sink(candidates, scope),
            _ => Fastest(prefillers, scope.Values(_ttft), scope.Random),
        };
    }

    /// <summary>The one with the longest queue; with the tuned rules among those, if any, where the request makes nobody late who is in time.</summary>
    private int Sink(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        Span<int> harmless = Prefillers(candidates, scope);
        int kept = 0;
        foreach (int slot in harmless)
        {
            harmless[kept] = slot;
            kept += _sharedSteps is null || _sharedSteps.MayJoin(slot, scope) ? 1 : 0;
        }

        return Extremes.Highest(kept > 0 ? harmless[..kept] : Prefillers(candidates, scope), scope.Values(_ttft), scope.Random);
    }

    /// <summary>Those of them on which the request is in time and, with the tuned rules, makes nobody late with whom it shares a step.</summary>
    private Span<int> InTime(Span<int> prefillers, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> latencies = scope.Values(_ttft);
        int kept = 0;
        foreach (int slot in prefillers)
        {
            prefillers[kept] = slot;
            bool isInTime = IsInTime(slot, latencies[slot], scope)
                && (_sharedSteps is null || _sharedSteps.MayJoin(slot, scope));
            kept += isInTime ? 1 : 0;
        }

        return prefillers[..kept];
    }

    /// <summary>
    /// When not all can be in time, a long prompt costs the time of several short ones: it counts as late earlier by its own length, though
    /// not before time is short.
    /// </summary>
    private bool IsInTime(int slot, double latencyMs, DecisionScope<FullModeInstance> scope) => _slack is null
        ? latencyMs < _slo.TtftLimitMs
        : latencyMs < TimeIsShortFromShareOfLimit * _slo.TtftLimitMs
            || latencyMs < _slo.TtftLimitMs - _slo.Predictor.PrefillMs(scope.Instance(slot), in scope.Request);

    /// <summary>
    /// Those without decode work that are not kept for decodes; when there are none, the one kept for prefills; when that is no candidate, all.
    /// </summary>
    private Span<int> Prefillers(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> batches = scope.Values(FullModeMetrics.DecodeBatchSize);
        int kept = 0;
        foreach (int slot in candidates)
        {
            scope.Scratch[kept] = slot;
            kept += batches[slot] <= 0 && slot != _reserves.Decode!.Slot ? 1 : 0;
        }

        if (kept > 0)
        {
            return scope.Scratch[..kept];
        }

        int reserved = candidates.BinarySearch(_reserves.Prefill!.Slot);
        ReadOnlySpan<int> left = reserved >= 0 ? candidates.Slice(reserved, 1) : candidates;
        left.CopyTo(scope.Scratch);
        return scope.Scratch[..left.Length];
    }

    /// <summary>Among equals the one that is kept for prefills; -1 when there are none.</summary>
    private int Fastest(ReadOnlySpan<int> slots, ReadOnlySpan<double> latencies, Random random)
    {
        int best = Extremes.Lowest(slots, latencies, random);
        int reserved = _reserves.Prefill!.Slot;
        return slots.BinarySearch(reserved) >= 0 && latencies[reserved] == latencies[best] ? reserved : best;
    }
}
