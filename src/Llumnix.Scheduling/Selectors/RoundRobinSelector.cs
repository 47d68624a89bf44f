using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Picks the candidate whose id follows that of the last placement, and the first one after the last.</summary>
/// <remarks>It remembers the id, not the position, so that instances that come and go do not make it skip or repeat others.</remarks>
public sealed class RoundRobinSelector<TInstance> : CandidateSelector<TInstance>
    where TInstance : Instance
{
    private string? _lastId;

    /// <inheritdoc/>
    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope)
    {
        int low = 0;
        int high = candidates.Length;
        while (low < high && _lastId is not null)
        {
            int middle = (low + high) / 2;
            if (string.CompareOrdinal(scope.Instance(candidates[middle]).Id, _lastId) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return candidates[low == candidates.Length ? 0 : low];
    }

    /// <inheritdoc/>
    public override void OnPlaced(TInstance instance, in RequestFacts request) => _lastId = instance.Id;
}
