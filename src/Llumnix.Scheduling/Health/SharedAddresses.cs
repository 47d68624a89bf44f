using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Health;

/// <summary>
/// The groups of instances of one view with the same address (host, API port and data-parallel rank). Only one process can listen there: an instance
/// that has been silent since another one appeared belongs to the process before.
/// </summary>
internal sealed class SharedAddresses
{
    private readonly List<FullModeInstance[]> _groups = [];

    internal SharedAddresses(ReadOnlySpan<FullModeInstance> instances, Func<FullModeInstance, InstanceMetadata> metadataOf)
    {
        var byAddress = new Dictionary<(string Host, int Port, int Rank), List<FullModeInstance>>(instances.Length);
        foreach (FullModeInstance instance in instances)
        {
            InstanceMetadata metadata = metadataOf(instance);
            (string, int, int) address = (metadata.Host, metadata.ApiServerPort, metadata.DataParallelRank);
            if (!byAddress.TryGetValue(address, out List<FullModeInstance>? group))
            {
                byAddress.Add(address, group = new List<FullModeInstance>(1));
            }

            group.Add(instance);
        }

        _groups.AddRange(byAddress.Values.Where(static group => group.Count > 1).Select(static group => group.ToArray()));
    }

    /// <summary>Tells each instance whether it shares its address.</summary>
    internal void MarkInstances(ReadOnlySpan<FullModeInstance> instances)
    {
        foreach (FullModeInstance instance in instances)
        {
            instance.SharesAddress = false;
        }

        foreach (FullModeInstance[] group in _groups)
        {
            foreach (FullModeInstance instance in group)
            {
                instance.SharesAddress = true;
            }
        }
    }

    /// <summary>Marks the replaced instances, which are no candidates. An instance that reports again is no longer replaced.</summary>
    internal void FindReplaced()
    {
        foreach (FullModeInstance[] group in _groups)
        {
            foreach (FullModeInstance instance in group)
            {
                instance.IsReplaced = Array.Exists(group, other => IsSuccessor(other, instance));
                if (instance.IsReplaced && instance.Health == InstanceHealth.Ok)
                {
                    instance.Health = InstanceHealth.Stale;
                }
            }
        }
    }

    /// <summary>
    /// Whether an instance has replaced another one at its address: it is not stale and has advanced later, and either it was first seen after the
    /// other's last advance, or the other has never advanced. A leftover counts as replaced by any instance that is not stale.
    /// </summary>
    private static bool IsSuccessor(FullModeInstance instance, FullModeInstance before) => !instance.IsStale
        && (before.IsLeftover
            || (instance.LastAdvance > before.LastAdvance
                && (instance.FirstSeen > before.LastAdvance || (instance.HasAdvanced && !before.HasAdvanced))));
}
