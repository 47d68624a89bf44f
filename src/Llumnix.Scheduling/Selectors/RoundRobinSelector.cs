using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Picks the candidate whose id follows that of the last placement, and the first one after the last.</summary>
/// <remarks>
/// It goes by the id, not by the position, so that instances that come and go do not make it skip or repeat others. Its policy's state is
/// <see cref="LastPlacements{TInstance}"/>.
/// </remarks>
public sealed class RoundRobinSelector<TInstance> : CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope)
    {
        string? last = scope.State<LastPlacements<TInstance>>().Of(scope.Role)?.Id;
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
