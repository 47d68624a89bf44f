using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Gives a selector the candidates of the own <see cref="ReplicaShare"/> alone, as long as the best of them has no more load than the mean; otherwise all, as also when
/// no candidate is in the share.
/// </summary>
/// <remarks>
/// Replicas that decide at about the same moment see the same loads, without what the others place in that moment, and would choose the same instance. With shares
/// they choose different ones. A replica whose own instances have become busier than the others, because it gets more requests or longer ones, places elsewhere
/// until they are not.
/// </remarks>
/// <remarks>
/// Share and mean are those of all eligible candidates. When the whole fleet is busy, few candidates meet the preferences and maybe none of the share; to choose
/// among these few would again be to choose the same.
/// </remarks>
/// <param name="selector">Picks among the candidates that it is given.</param>
/// <param name="load">The load that candidates are compared by, the same as that of preferred filters.</param>
/// <param name="share">The share of this replica.</param>
public sealed class OwnShareSelector<TInstance>(CandidateSelector<TInstance> selector, InstanceMetric<TInstance> load, ReplicaShare share)
    : CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics { get; } = [.. selector.Metrics.Append(load).Distinct()];

    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope)
    {
        if (share.IsWhole)
        {
            return selector.Select(candidates, scope);
        }

        Span<int> own = OwnOf(scope.Eligible, scope.TakeSlots());
        if (!IsBestWithinMean(own, scope))
        {
            return selector.Select(candidates, scope);
        }

        Span<int> preferred = candidates.Length == scope.Eligible.Length ? own : OwnOf(candidates, scope.TakeSlots());
        return selector.Select(preferred.IsEmpty ? own : preferred, scope);
    }

    private Span<int> OwnOf(ReadOnlySpan<int> slots, Span<int> own)
    {
        int count = 0;
        int next = share.First;
        foreach (int slot in slots)
        {
            // Slots are ascending: steps instead of a division for each.
            while (next < slot)
            {
                next += share.Step;
            }

            if (next == slot)
            {
                own[count++] = slot;
            }
        }

        return own[..count];
    }

    private bool IsBestWithinMean(ReadOnlySpan<int> own, DecisionScope<TInstance> scope)
    {
        ReadOnlySpan<double> values = scope.Values(load);
        double sign = load.IsHigherBetter ? -1.0 : 1.0;
        double best = double.PositiveInfinity;
        foreach (int slot in own)
        {
            best = Math.Min(best, sign * values[slot]);
        }

        double sum = 0;
        int count = 0;
        foreach (int slot in scope.Eligible)
        {
            double value = sign * values[slot];
            if (double.IsFinite(value))
            {
                sum += value;
                count++;
            }
        }

        return best * count <= sum;
    }
}
