using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Picks the instance of the last placement while it is a candidate, else the first candidate.</summary>
public sealed class StickySelector<TInstance> : CandidateSelector<TInstance>
    where TInstance : Instance
{
    private TInstance? _last;

    /// <inheritdoc/>
    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope) =>
        _last is { Slot: >= 0 } last && candidates.BinarySearch(last.Slot) >= 0 ? last.Slot : candidates[0];

    /// <inheritdoc/>
    public override void OnPlaced(TInstance instance, in RequestFacts request) => _last = instance;
}
