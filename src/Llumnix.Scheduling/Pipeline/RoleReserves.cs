using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>
/// The instance that is kept for prefills and the one that is kept for decodes where roles follow the work. Each stays until it leaves or is
/// no candidate any more. Guarded by the scheduler's lock.
/// </summary>
/// <param name="prefillLoad">Prefill work of an instance.</param>
/// <param name="decodeLoad">Decode work of an instance.</param>
public sealed class RoleReserves<TInstance>(LoadMetric<TInstance> prefillLoad, LoadMetric<TInstance> decodeLoad)
    where TInstance : Instance
{
    /// <summary>The instance kept for prefills; null before the first election and while there are no candidates.</summary>
    public TInstance? Prefill { get; private set; }

    /// <summary>The instance kept for decodes; with a single candidate the same as <see cref="Prefill"/>.</summary>
    public TInstance? Decode { get; private set; }

    /// <summary>Both at once, to put back what an explanation elected.</summary>
    internal (TInstance? Prefill, TInstance? Decode) Kept
    {
        get => (Prefill, Decode);
        set => (Prefill, Decode) = value;
    }

    /// <summary>
    /// Elects anew whoever is no candidate any more. For prefills: the one with the least decode work, then the most prefill work; for
    /// decodes: the least prefill work, then the most decode work. Among equals one that was deployed for the role, then the first.
    /// </summary>
    /// <param name="candidates">Slots in ascending order.</param>
    /// <param name="instances">Instances by slot.</param>
    internal void Elect(ReadOnlySpan<int> candidates, ReadOnlySpan<TInstance> instances)
    {
        bool hasPrefill = IsCandidate(Prefill, candidates);
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

    private static bool IsCandidate(TInstance? instance, ReadOnlySpan<int> candidates) =>
        instance is { Slot: >= 0 } && candidates.BinarySearch(instance.Slot) >= 0;

    private TInstance? Elect(ReadOnlySpan<int> candidates, ReadOnlySpan<TInstance> instances, InferType role, TInstance? besides)
    {
        TInstance? elected = null;
        (double Other, double Own, bool IsForeign) best = default;
        foreach (int slot in candidates)
        {
            TInstance candidate = instances[slot];
            if (candidate == besides)
            {
                continue;
            }

            (double prefills, double decodes) = (prefillLoad.Evaluate(candidate), decodeLoad.Evaluate(candidate));
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
