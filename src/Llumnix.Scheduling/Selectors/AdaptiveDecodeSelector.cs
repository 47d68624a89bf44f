using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Where a decode goes with adaptive prefill/decode. In this order: packed onto the fullest instance that still meets the target; onto an
/// instance that only prefills, which thereby starts to decode; where it does the least harm. The tuned rules convert less: see
/// <see cref="AdaptivePdRules"/>.
/// </summary>
internal sealed class AdaptiveDecodeSelector(
    SloSettings slo, RoleReserves<FullModeInstance> reserves, PredictedTtft ttft, PredictedTpot tpot) : CandidateSelector<FullModeInstance>
{
    private readonly PrefillBacklogTime _backlog = new(slo.Predictor);
    private readonly KvCacheTokensLeft _kvLeft = new();

    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics => [ttft, tpot, _backlog, _kvLeft, FullModeMetrics.DecodeBatchSize];

    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> batches = scope.Values(FullModeMetrics.DecodeBatchSize);
        Span<int> meeting = MeetingTarget(slo.TpotLimitMs, candidates, batches, scope);
        int packed = Pack(meeting, scope);
        if (packed >= 0)
        {
            return packed;
        }

        int other = slo.Rules == AdaptivePdRules.Tuned ? Spill(meeting, candidates, batches, scope) : Convert(meeting, batches, scope);
        return other >= 0 ? other
            : slo.Overload == SloOverload.Reject ? -1
            : Overload(candidates, batches, scope);
    }

    public override void OnPlaced(FullModeInstance instance, in RequestFacts request) => instance.DecodeGain.Join(request.NowMs);

    /// <summary>The one kept for decodes if it can take the request, else the one that comes closest to the target; none with a long prefill ahead.</summary>
    private int Pack(ReadOnlySpan<int> meeting, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> backlogs = scope.Values(_backlog);
        ReadOnlySpan<double> tpots = scope.Values(tpot);
        int reserved = reserves.Decode!.Slot;
        if (meeting.BinarySearch(reserved) >= 0 && backlogs[reserved] < slo.TpotLimitMs)
        {
            return reserved;
        }

        int best = -1;
        int equals = 0;
        foreach (int slot in meeting)
        {
            if (backlogs[slot] >= slo.TpotLimitMs || (best >= 0 && tpots[slot] < tpots[best]))
            {
                continue;
            }

            equals = best >= 0 && tpots[slot] == tpots[best] ? equals + 1 : 1;
            best = equals == 1 || scope.Random.Next(equals) == 0 ? slot : best;
        }

        return best;
    }

    private int Convert(Span<int> meeting, ReadOnlySpan<double> batches, DecisionScope<FullModeInstance> scope)
    {
        int kept = 0;
        foreach (int slot in meeting)
        {
            meeting[kept] = slot;
            kept += batches[slot] <= 0 ? 1 : 0;
        }

        return kept == 0 ? -1 : Extremes.Lowest(meeting[..kept], scope.Values(ttft), scope.Random);
    }

    /// <summary>
    /// Nobody who decodes meets the target without long prefills ahead. Without prefills ahead and the farthest from the target: an instance that only
    /// prefills and is about done, which is converted, else a batch that comes closer to its target for a while. When there is none the decode waits
    /// where the prefills ahead end first, and rather where others decode already: a conversion per decode would leave nobody to prefill.
    /// </summary>
    private int Spill(ReadOnlySpan<int> meeting, ReadOnlySpan<int> candidates, ReadOnlySpan<double> batches, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> backlogs = scope.Values(_backlog);
        int soonest = Soonest(meeting, batches, scope);
        Span<int> idle = MeetingTarget(Math.Max(slo.TpotLimitMs, slo.TpotCeilMs), candidates, batches, scope);
        int kept = 0;
        foreach (int slot in idle)
        {
            idle[kept] = slot;
            kept += backlogs[slot] < slo.TpotLimitMs ? 1 : 0;
        }

        return kept > 0 ? Extremes.Lowest(idle[..kept], scope.Values(tpot), scope.Random) : soonest;
    }

    /// <summary>
    /// The one with the shortest prefills ahead; another conversion is to save a decode step's time at least. -1 when there are none.
    /// </summary>
    private int Soonest(ReadOnlySpan<int> slots, ReadOnlySpan<double> batches, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> backlogs = scope.Values(_backlog);
        int best = -1;
        int equals = 0;
        double shortest = 0;
        foreach (int slot in slots)
        {
            double wait = backlogs[slot] + (batches[slot] > 0 ? 0 : slo.TpotLimitMs);
            equals = best < 0 || wait < shortest ? 1 : wait == shortest ? equals + 1 : equals;
            if (best < 0 || wait < shortest || (wait == shortest && scope.Random.Next(equals) == 0))
            {
                (best, shortest) = (slot, wait);
            }
        }

        return best;
    }

    private int Overload(ReadOnlySpan<int> candidates, ReadOnlySpan<double> batches, DecisionScope<FullModeInstance> scope)
    {
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

    /// <summary>
    /// Those on which the request meets its target and has its place in the KV cache. With the tuned rules the decodes that are there keep what
    /// they will still need, lest one of them is preempted and stalls all others with its recomputation. The one kept for prefills takes no
    /// decodes, unless there is nobody else.
    /// </summary>
    private Span<int> MeetingTarget(
        double tpotLimitMs, ReadOnlySpan<int> candidates, ReadOnlySpan<double> batches, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> tpots = scope.Values(tpot);
        ReadOnlySpan<double> kvLeft = scope.Values(_kvLeft);
        Span<int> meeting = scope.Scratch;
        int without = reserves.Prefill == reserves.Decode || candidates.Length == 1 ? -1 : reserves.Prefill!.Slot;
        double needed = (double)scope.Request.PromptTokens + slo.ExpectedOutputTokens;
        double growth = slo.Rules == AdaptivePdRules.Tuned ? SloSettings.GrowthTokensPerDecode : 0;
        int kept = 0;
        foreach (int slot in candidates)
        {
            meeting[kept] = slot;
            kept += slot != without && tpots[slot] < tpotLimitMs && kvLeft[slot] >= needed + (growth * batches[slot]) ? 1 : 0;
        }

        return meeting[..kept];
    }
}
