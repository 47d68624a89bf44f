using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// An ordered table of choices: rows are tried from the top, and the first one that decides makes the selection. When no row decides, nothing is
/// selected.
/// </summary>
/// <param name="rows">The rows in order.</param>
public sealed class ChoiceTable<TInstance>(params IReadOnlyList<Choice<TInstance>> rows) : CandidateSelector<TInstance>
    where TInstance : Instance
{
    private readonly Choice<TInstance>[] _rows = [.. rows];

    /// <summary>The rows in order.</summary>
    public IReadOnlyList<Choice<TInstance>> Rows => _rows;

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics { get; } = [.. rows.SelectMany(static row => row.Metrics).Distinct()];

    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope)
    {
        // Later rows are not evaluated: they may draw random numbers, which are part of what a seed reproduces.
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
