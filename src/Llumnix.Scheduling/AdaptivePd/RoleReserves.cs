using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// The instance reserved for prefills and the one reserved for decodes, so that there is always a place for each role. Each stays reserved until it
/// leaves or stops being a candidate. Guarded by the scheduler's lock.
/// </summary>
internal sealed class RoleReserves
{
    /// <summary>The instance reserved for prefills; null before the first election and while there are no candidates.</summary>
    public FullModeInstance? Prefill { get; private set; }

    /// <summary>The instance reserved for decodes; with a single candidate the same as <see cref="Prefill"/>.</summary>
    public FullModeInstance? Decode { get; private set; }

    /// <summary>A copy, whose elections do not affect the original.</summary>
    public RoleReserves Copy() => new() { Prefill = Prefill, Decode = Decode };

    /// <summary>
    /// Replaces a reserved instance that is no longer a candidate. For prefills by the candidate with the least decode work, then the most prefill
    /// work; for decodes by the one with the least prefill work, then the most decode work. On a tie an instance with the infer type of the role
    /// wins, then the first one.
    /// </summary>
    /// <param name="candidates">Slots in ascending order.</param>
    /// <param name="instances">Instances by slot.</param>
    public void Elect(ReadOnlySpan<int> candidates, ReadOnlySpan<FullModeInstance> instances)
    {
        bool hasPrefill = IsCandidate(Prefill, candidates);

        // One instance may be reserved for both roles only while it is the only candidate.
        bool hasDecode = IsCandidate(Decode, candidates) && (Decode != Prefill || candidates.Length == 1);
        if (hasPrefill && hasDecode)
        {
            return;
        }

        Decode = hasDecode ? Decode : null;
        if (!hasPrefill)
        {
            Prefill = Elect(candidates, instances, InferType.Prefill, besides: Decode);
        }

        if (!hasDecode)
        {
            Decode = Elect(candidates, instances, InferType.Decode, besides: Prefill);
        }
    }

    private static bool IsCandidate(FullModeInstance? instance, ReadOnlySpan<int> candidates) =>
        instance is { Slot: >= 0 } && candidates.BinarySearch(instance.Slot) >= 0;

    private static FullModeInstance? Elect(
        ReadOnlySpan<int> candidates, ReadOnlySpan<FullModeInstance> instances, InferType role, FullModeInstance? besides)
    {
        FullModeInstance? elected = null;
        (double Other, double Own, bool IsForeign) best = default;
        foreach (int slot in candidates)
        {
            FullModeInstance candidate = instances[slot];
            if (candidate == besides)
            {
                continue;
            }

            double prefills = FullModeMetrics.AllPrefillsTokens.Evaluate(candidate);
            double decodes = FullModeMetrics.DecodeBatchSize.Evaluate(candidate);
            bool isForeign = candidate.InferType != role;
            (double, double, bool) rank = role == InferType.Prefill ? (decodes, -prefills, isForeign) : (prefills, -decodes, isForeign);
            if (elected is null || rank.CompareTo(best) < 0)
            {
                (elected, best) = (candidate, rank);
            }
        }

        return elected ?? besides;
    }
}
