using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>An order of choices: the first row that decides has decided. When none does, nothing is selected.</summary>
/// <param name="rows">The rows in their order.</param>
public sealed class ChoiceTable<TInstance>(params IReadOnlyList<Choice<TInstance>> rows) : CandidateSelector<TInstance>
    where TInstance : Instance
{
    private readonly Choice<TInstance>[] _rows = [.. rows];

    /// <summary>The rows in their order.</summary>
    public IReadOnlyList<Choice<TInstance>> Rows => _rows;

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics { get; } = [.. rows.SelectMany(static row => row.Metrics).Distinct()];

    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope)
    {
        foreach (Choice<TInstance> row in _rows)
        {
            if (row.TryChoose(candidates, scope, out Selection selection))
            {
                return selection;
            }
        }

        return Selection.None;
    }
}
