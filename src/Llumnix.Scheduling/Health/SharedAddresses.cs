using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Health;

/// <summary>
/// The instances of one view that have their address (host, API port and data-parallel rank) in common. Only one process listens there: an
/// instance that has been silent since another one came is the process before.
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

    /// <summary>Notes with each instance whether it is one of them.</summary>
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

    /// <summary>
    /// Marks those that were replaced; one of them that may otherwise get requests gets none. An instance that reports again is there again.
    /// </summary>
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
    /// Whether one has come after the other's last word, or lives while the other has never been seen to; and has spoken itself since.
    /// </summary>
    private static bool IsSuccessor(FullModeInstance instance, FullModeInstance before) => !instance.IsStale
        && (before.IsLeftover
            || (instance.LastAdvance > before.LastAdvance
                && (instance.FirstSeen > before.LastAdvance || (instance.HasAdvanced && !before.HasAdvanced))));
}
