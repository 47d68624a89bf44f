using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Health;

/// <summary>Numbers the nodes and units of a view's instances, to find those that share a failover domain. Made once per view.</summary>
/// <remarks>
/// An instance with an empty or zero id shares nothing. With a data-parallel size of at most 1, or without a unit, the two unit domains act as
/// <see cref="FailoverDomain.Instance"/> and <see cref="FailoverDomain.Node"/>, respectively.
/// </remarks>
internal sealed class FailoverDomainIndex
{
    private const int None = -1;
    private readonly FailoverDomain _domain;
    private readonly int[] _node;
    private readonly int[] _unit;
    private readonly bool[] _badNodes;
    private readonly bool[] _badUnits;

    internal FailoverDomainIndex(
        FailoverDomain domain, ReadOnlySpan<FullModeInstance> instances, Func<FullModeInstance, InstanceMetadata> metadataOf)
    {
        _domain = domain;
        var nodes = new Dictionary<string, int>(StringComparer.Ordinal);
        var units = new Dictionary<string, int>(StringComparer.Ordinal);
        _node = new int[instances.Length];
        _unit = new int[instances.Length];
        for (int slot = 0; slot < instances.Length; slot++)
        {
            InstanceMetadata metadata = metadataOf(instances[slot]);
            _node[slot] = NumberOf(metadata.NodeId, nodes);
            _unit[slot] = metadata.DataParallelSize <= 1 ? None : NumberOf(metadata.UnitId, units);
        }

        _badNodes = new bool[nodes.Count];
        _badUnits = new bool[units.Count];
    }

    /// <summary>Turns <see cref="InstanceHealth.Ok"/> into <see cref="InstanceHealth.Failover"/> within the domains of failed instances.</summary>
    internal void Apply(ReadOnlySpan<FullModeInstance> instances)
    {
        if (_domain == FailoverDomain.Instance)
        {
            return;
        }

        MarkGroups(instances);
        foreach (FullModeInstance instance in instances)
        {
            if (instance.Health == InstanceHealth.Ok && IsInBadGroup(instance.Slot))
            {
                instance.Health = InstanceHealth.Failover;
            }
        }
    }

    private void MarkGroups(ReadOnlySpan<FullModeInstance> instances)
    {
        Array.Clear(_badNodes);
        Array.Clear(_badUnits);
        foreach (FullModeInstance instance in instances)
        {
            if (IsFailure(instance))
            {
                Mark(_badNodes, _node[instance.Slot]);
                Mark(_badUnits, _unit[instance.Slot]);
            }
        }

        if (_domain == FailoverDomain.NodeUnit)
        {
            foreach (FullModeInstance instance in instances)
            {
                if (IsMarked(_badNodes, _node[instance.Slot]))
                {
                    Mark(_badUnits, _unit[instance.Slot]);
                }
            }
        }
    }

    /// <summary>
    /// Whether an instance has failed. A drained instance (unschedulable by its own status) has not, even when it falls silent afterwards; nor has
    /// one that was replaced at its address, since its process has ended. One at whose address nothing answers has, once it has been silent for as long as a stale one.
    /// </summary>
    private static bool IsFailure(FullModeInstance instance) =>
        (instance.Health == InstanceHealth.Stale || (instance.Health == InstanceHealth.Unreachable && instance.IsStale)) && !instance.IsReplaced;

    private bool IsInBadGroup(int slot) => _domain switch
    {
        FailoverDomain.Node => IsMarked(_badNodes, _node[slot]),
        FailoverDomain.InstanceUnit => IsMarked(_badUnits, _unit[slot]),
        FailoverDomain.NodeUnit when _unit[slot] == None => IsMarked(_badNodes, _node[slot]),
        FailoverDomain.NodeUnit => IsMarked(_badUnits, _unit[slot]),
        _ => false,
    };

    private static int NumberOf(string id, Dictionary<string, int> numbers)
    {
        if (id is "" or "0")
        {
            return None;
        }

        if (!numbers.TryGetValue(id, out int number))
        {
            number = numbers.Count;
            numbers.Add(id, number);
        }

        return number;
    }

    private static void Mark(bool[] marks, int number)
    {
        if (number != None)
        {
            marks[number] = true;
        }
    }

    private static bool IsMarked(bool[] marks, int number) => number != None && marks[number];
}
