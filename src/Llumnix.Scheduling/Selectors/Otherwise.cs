using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>The last row of a <see cref="ChoiceTable{TInstance}"/>: always decides, by a selector.</summary>
public sealed class Otherwise<TInstance>(CandidateSelector<TInstance> selector) : Choice<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics => selector.Metrics;

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope, out Selection selection)
    {
        selection = selector.Select(candidates, scope);
        return true;
    }
}
