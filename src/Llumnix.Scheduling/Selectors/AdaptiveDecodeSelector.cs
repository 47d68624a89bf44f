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
        ReadOnlySpan<double> batches = scope.Values(FullModeMetrics.DecodeBatchSize);
        Span<int> meeting = MeetingTarget(candidates, batches, scope);
        int packed = Pack(meeting, scope);
        if (packed >= 0)
        {
            return packed;
        }

        int converted = Convert(meeting, batches, scope);
        return converted >= 0 ? converted
            : slo.Overload == SloOverload.Reject ? -1
            : Overload(candidates, batches, scope);
    }

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
    private Span<int> MeetingTarget(ReadOnlySpan<int> candidates, ReadOnlySpan<double> batches, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> tpots = scope.Values(tpot);
        ReadOnlySpan<double> kvLeft = scope.Values(_kvLeft);
        Span<int> meeting = scope.Scratch;
        int without = reserves.Prefill == reserves.Decode ? -1 : reserves.Prefill!.Slot;
        double needed = (double)scope.Request.PromptTokens + slo.ExpectedOutputTokens;
        double growth = slo.Rules == AdaptivePdRules.Tuned ? SloSettings.GrowthTokensPerDecode : 0;
        int kept = 0;
        foreach (int slot in candidates)
        {
            meeting[kept] = slot;
            kept += slot != without && tpots[slot] < slo.TpotLimitMs && kvLeft[slot] >= needed + (growth * batches[slot]) ? 1 : 0;
        }

        return meeting[..kept];
    }
}
