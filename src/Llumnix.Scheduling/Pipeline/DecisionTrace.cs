using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>What is written down of a decision while it is explained: arrays by slot, copied under the lock and made readable outside of it.</summary>
/// <param name="slots">Number of slots.</param>
internal sealed class DecisionTrace<TInstance>(int slots)
    where TInstance : Instance
{
    private readonly string?[] _droppedBy = new string?[slots];
    private readonly bool[] _isOnlyUnwanted = new bool[slots];
    private readonly List<(InstanceMetric<TInstance> Metric, double[] Values)> _columns = [];

    /// <summary>The slots that the infer type allows, the unhealthy ones included.</summary>
    public required int[] Considered { get; init; }

    /// <summary>The instances' ids by slot.</summary>
    public required string[] Ids { get; init; }

    /// <summary>The pick's slot; -1 without one.</summary>
    public int Pick { get; set; } = -1;

    public bool ArePreferencesMet { get; set; }

    public IReadOnlyList<string> Metrics => [.. _columns.Select(static column => column.Metric.Name)];

    /// <summary>Notes the slots that did not stay.</summary>
    /// <param name="before">Slots.</param>
    /// <param name="after">Those that stayed, in the same order.</param>
    /// <param name="reason">Why the others did not.</param>
    /// <param name="isOnlyUnwanted">Whether that is only a preference.</param>
    public void Drop(ReadOnlySpan<int> before, ReadOnlySpan<int> after, string reason, bool isOnlyUnwanted)
    {
        foreach (int slot in before)
        {
            if (!after.IsEmpty && after[0] == slot)
            {
                after = after[1..];
                continue;
            }

            _droppedBy[slot] = reason;
            _isOnlyUnwanted[slot] = isOnlyUnwanted;
        }
    }

    /// <summary>Notes a slot that is no candidate.</summary>
    public void Drop(int slot, string reason) => _droppedBy[slot] = reason;

    public void AddColumn(InstanceMetric<TInstance> metric, double[] values) => _columns.Add((metric, values));

    public CandidateExplanation Explain(int slot) =>
        new(Ids[slot], _droppedBy[slot], _isOnlyUnwanted[slot], [.. _columns.Select(column => column.Values[slot])]);
}
