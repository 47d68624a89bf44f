using Llumnix.Scheduling.Instances;

namespace Llumnix.Server.Fleet;

/// <summary>Compares the fleet with what it was at the last look. For one thread at a time.</summary>
internal sealed class FleetChanges
{
    private Dictionary<string, InstanceState> _before = [];

    /// <summary>The changes since the last look; at the first look each instance has joined.</summary>
    internal IReadOnlyList<(FleetChange Change, InstanceAddress Instance)> Look(IReadOnlyList<InstanceState> fleet)
    {
        var changes = new List<(FleetChange, InstanceAddress)>();
        var now = new Dictionary<string, InstanceState>(fleet.Count, StringComparer.Ordinal);
        foreach (InstanceState instance in fleet)
        {
            bool isKnown = _before.TryGetValue(instance.Address.InstanceId, out InstanceState before);
            if (!isKnown)
            {
                changes.Add((FleetChange.Joined, instance.Address));
            }

            if (isKnown && instance.Health == InstanceHealth.Draining)
            {
                // Who drains it says so. What was wrong with it before stays in mind until the drain is over.
                now.Add(instance.Address.InstanceId, before);
                continue;
            }

            FleetChange? condition = ConditionOf(instance);
            if (condition != (isKnown ? ConditionOf(before) : null))
            {
                changes.Add((condition ?? FleetChange.Back, instance.Address));
            }

            now.Add(instance.Address.InstanceId, instance);
        }

        foreach ((string id, InstanceState instance) in _before)
        {
            if (!now.ContainsKey(id))
            {
                changes.Add((FleetChange.Left, instance.Address));
            }
        }

        _before = now;
        return changes;
    }

    /// <summary>What is wrong with an instance; null: nothing.</summary>
    private static FleetChange? ConditionOf(InstanceState instance) => instance.Health switch
    {
        InstanceHealth.Unschedulable => FleetChange.Unschedulable,
        InstanceHealth.Stale when instance.IsUnreachable => instance.IsLastResort ? FleetChange.UnreachableKept : FleetChange.Unreachable,
        InstanceHealth.Stale => instance.IsLastResort ? FleetChange.StaleKept : FleetChange.Stale,
        InstanceHealth.Failover => FleetChange.Failover,
        InstanceHealth.Unreachable => FleetChange.Unreachable,
        InstanceHealth.Ok when instance.IsUnreachable => FleetChange.UnreachableKept,
        _ => null,
    };
}
