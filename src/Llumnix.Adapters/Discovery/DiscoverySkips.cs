using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// Counts every unusable entry when it changes, and logs it when its reason is new: at most one line per reason and read, since a store may hold very
/// many such entries.
/// </summary>
internal sealed partial class DiscoverySkips(ILogger logger, IDiscoveryObserver? observer)
{
    private readonly Dictionary<DiscoverySkipReason, (int Count, string PodName)> _entries = [];
    private readonly Dictionary<DiscoverySkipReason, (int Pods, int Count, string PodName, int Index)> _instances = [];
    private bool _wasOverfull;

    /// <summary>Records that an entry is not used.</summary>
    public void Tell(string podName, DiscoverySkipReason reason)
    {
        observer?.EntrySkipped(reason);
        NoteEntry(podName, reason);
    }

    /// <summary>Records the unusable parts of a pod's new value.</summary>
    /// <param name="podName">The pod.</param>
    /// <param name="goodBefore">The last usable entry before the change.</param>
    /// <param name="skippedBefore">Why the value before the change was not usable; null when it was.</param>
    /// <param name="pod">The pod with the new value.</param>
    public void TellChange(string podName, PodEntry? goodBefore, DiscoverySkipReason? skippedBefore, TrackedPod pod)
    {
        if (pod.Skipped is { } reason)
        {
            observer?.EntrySkipped(reason);
            // A writer that makes the same mistake at each of its pushes causes one log line.
            if (reason != skippedBefore)
            {
                NoteEntry(podName, reason);
            }

            return;
        }

        TellParts(podName, goodBefore, pod.Good!);
    }

    /// <summary>Records whether the limit of instances is exceeded; logs and counts when that begins.</summary>
    public void TellOverfull(bool isOverfull, int maxInstances)
    {
        if (isOverfull && !_wasOverfull)
        {
            observer?.EntrySkipped(DiscoverySkipReason.TooManyInstances);
            LogOverfull(maxInstances);
        }

        _wasOverfull = isOverfull;
    }

    /// <summary>Logs what was recorded since the last call.</summary>
    public void Flush()
    {
        foreach ((DiscoverySkipReason reason, (int count, string podName)) in _entries)
        {
            if (count == 1)
            {
                LogEntrySkipped(podName, reason);
            }
            else
            {
                LogEntriesSkipped(count, podName, reason);
            }
        }

        foreach ((DiscoverySkipReason reason, (int pods, int count, string podName, int index)) in _instances)
        {
            if (pods == 1)
            {
                LogInstancesSkipped(count, podName, index, reason);
            }
            else
            {
                LogInstancesOfPodsSkipped(count, pods, podName, index, reason);
            }
        }

        _entries.Clear();
        _instances.Clear();
    }

    private void NoteEntry(string podName, DiscoverySkipReason reason) =>
        _entries[reason] = _entries.TryGetValue(reason, out (int Count, string PodName) told) ? (told.Count + 1, told.PodName) : (1, podName);

    private void TellParts(string podName, PodEntry? before, PodEntry entry)
    {
        foreach ((int _, DiscoverySkipReason reason) in entry.Skipped)
        {
            observer?.EntrySkipped(reason);
        }

        if (before is not null && before.Skipped.SequenceEqual(entry.Skipped))
        {
            return;
        }

        foreach (IGrouping<DiscoverySkipReason, int> group in entry.Skipped.GroupBy(part => part.Reason, part => part.Index))
        {
            int count = group.Count();
            _instances[group.Key] = _instances.TryGetValue(group.Key, out (int Pods, int Count, string PodName, int Index) told)
                ? told with { Pods = told.Pods + 1, Count = told.Count + count }
                : (1, count, podName, group.First());
        }
    }
}
