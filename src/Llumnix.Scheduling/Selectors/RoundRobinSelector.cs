using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Picks the candidate whose id follows the id of the last placement, and after the last id the first one.</summary>
/// <remarks>
/// The order is by id and not by position, so that instances that come and go make it neither skip nor repeat others. Its policy's state must be
/// <see cref="LastPlacements{TInstance}"/>.
/// </remarks>
public sealed class RoundRobinSelector<TInstance> : CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope)
    {
        string? last = scope.State<LastPlacements<TInstance>>().Of(scope.Role)?.Id;
        // Slots are sorted by infer type and id, and the candidates of a role have one type: a binary search finds the first one with a greater id,
        // whether or not the last instance is still there.
        int low = 0;
        int high = candidates.Length;
        while (low < high && last is not null)
        {
            int middle = (low + high) / 2;
            if (string.CompareOrdinal(scope.Instance(candidates[middle]).Id, last) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return Selection.At(candidates[low == candidates.Length ? 0 : low]);
    }
}
