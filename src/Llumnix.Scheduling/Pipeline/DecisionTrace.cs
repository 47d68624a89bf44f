using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>The record of an explained decision: arrays by slot, filled under the lock and turned into an explanation outside of it.</summary>
/// <param name="slots">Number of slots.</param>
internal sealed class DecisionTrace<TInstance>(int slots)
    where TInstance : Instance
{
    private readonly string?[] _droppedBy = new string?[slots];
    private readonly bool[] _isOnlyUnwanted = new bool[slots];
    private readonly List<(InstanceMetric<TInstance> Metric, double[] Values)> _columns = [];

    /// <summary>Slots of the instances that may take the role by their infer type, unhealthy ones included.</summary>
    public required int[] Considered { get; init; }

    /// <summary>The instances' ids by slot.</summary>
    public required string[] Ids { get; init; }

    /// <summary>What answers tell of the instances, by slot.</summary>
    public required InstanceAddress[] Addresses { get; init; }

    /// <summary>The instances' classes of profiling tables by slot; null where no latencies are predicted.</summary>
    public required string?[] LatencyClasses { get; init; }

    /// <summary>What the instances' KV caches hold by slot, in tokens; null where that is not known.</summary>
    public required int?[] Capacities { get; init; }

    /// <summary>Whether nothing answers at the instances' addresses, by slot.</summary>
    public required bool[] AreUnreachable { get; init; }

    /// <summary>The pick's slot; -1 without one.</summary>
    public int Pick { get; set; } = -1;

    public bool ArePreferencesMet { get; set; }

    public IReadOnlyList<string> Metrics => [.. _columns.Select(static column => column.Metric.Name)];

    /// <summary>Records the slots that were dropped.</summary>
    /// <param name="before">The slots before.</param>
    /// <param name="after">The slots that stayed, in the same order.</param>
    /// <param name="reason">The reason why the others were dropped.</param>
    /// <param name="isOnlyUnwanted">Whether the reason is a preferred filter.</param>
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

    /// <summary>Records a slot that is no candidate.</summary>
    public void Drop(int slot, string reason) => _droppedBy[slot] = reason;

    public void AddColumn(InstanceMetric<TInstance> metric, double[] values) => _columns.Add((metric, values));

    public CandidateExplanation Explain(int slot) =>
        new(
            Ids[slot], Addresses[slot].WireId, HostAddress.EndpointOf(Addresses[slot].Host, Addresses[slot].Port), _droppedBy[slot], _isOnlyUnwanted[slot],
            LatencyClasses[slot], Capacities[slot], [.. _columns.Select(column => column.Values[slot])]) { IsUnreachable = AreUnreachable[slot] };
}
