using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Picks the instance of the last placement while it is a candidate, else the first candidate.</summary>
/// <remarks>Its policy's state must be <see cref="LastPlacements{TInstance}"/>.</remarks>
public sealed class StickySelector<TInstance> : CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope)
    {
        // The slot of an instance that has left is negative; candidates are slots in ascending order.
        TInstance? last = scope.State<LastPlacements<TInstance>>().Of(scope.Role);
        return Selection.At(last is { Slot: >= 0 } && candidates.BinarySearch(last.Slot) >= 0 ? last.Slot : candidates[0]);
    }
}
