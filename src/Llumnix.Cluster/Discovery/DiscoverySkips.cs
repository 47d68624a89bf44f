using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.Discovery;

/// <summary>Counts what is not usable at each change, and logs it when the reason is a new one.</summary>
internal sealed partial class DiscoverySkips(ILogger logger, IDiscoveryObserver? observer)
{
    private bool _wasOverfull;

    /// <summary>Tells that an entry is not used.</summary>
    public void Tell(string podName, DiscoverySkipReason reason)
    {
        observer?.EntrySkipped(reason);
        LogEntrySkipped(podName, reason);
    }

    /// <summary>Tells what of a pod's new value is not usable.</summary>
    /// <param name="podName">The pod.</param>
    /// <param name="goodBefore">Its last usable entry before.</param>
    /// <param name="skippedBefore">Why its value before was not usable.</param>
    /// <param name="pod">The pod with the new value.</param>
    public void TellChange(string podName, PodEntry? goodBefore, DiscoverySkipReason? skippedBefore, TrackedPod pod)
    {
        if (pod.Skipped is { } reason)
        {
            observer?.EntrySkipped(reason);
            // A writer that is wrong in the same way at each of its pushes is one line in the log.
            if (reason != skippedBefore)
            {
                LogEntrySkipped(podName, reason);
            }

            return;
        }

        TellParts(podName, goodBefore, pod.Good!);
    }

    /// <summary>Tells when the limit is reached first.</summary>
    public void TellOverfull(bool isOverfull, int maxInstances)
    {
        if (isOverfull && !_wasOverfull)
        {
            observer?.EntrySkipped(DiscoverySkipReason.TooManyInstances);
            LogOverfull(maxInstances);
        }

        _wasOverfull = isOverfull;
    }

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

        // One line for a reason: an entry may hold very many instances.
        foreach (IGrouping<DiscoverySkipReason, int> group in entry.Skipped.GroupBy(part => part.Reason, part => part.Index))
        {
            LogInstancesSkipped(group.Count(), podName, group.First(), group.Key);
        }
    }
}
