namespace Llumnix.Adapters.Discovery;

/// <summary>Which pods are dead by the age of their entries.</summary>
internal sealed partial class PodTable
{
    /// <summary>Whether an entry is not used because of its age.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Excludes the duration of an outage, in which no writer could write, from the age of all entries.</summary>
    public void Excuse(TimeSpan span)
    {
        _lastChange = Later(_lastChange, span);
        foreach (TrackedPod pod in _pods.Values)
        {
            pod.LastChange = Later(pod.LastChange, span);
        }
    }

    /// <summary>
    /// Marks the pods as dead whose entries have not changed for a span although entries of others have, by the read that was just completed. While
    /// no entry changes, no pod can be judged dead.
    /// </summary>
    public void ExpireSilent(TimeSpan ttl)
    {
        if (!_wasChanged)
        {
            return;
        }

        foreach (TrackedPod pod in _pods.Values)
        {
            if (IsUsed(pod) && !pod.IsAwaited && timeProvider.GetElapsedTime(pod.LastChange) > ttl)
            {
                Expire(pod);
            }
        }
    }

    /// <summary>
    /// At the first read of a store: marks the pods as dead whose entries are older than a moment, by their writers' clocks, until they are written
    /// again or otherwise shown to live.
    /// </summary>
    public void ExpireOld(long oldestMs)
    {
        foreach (TrackedPod pod in _pods.Values)
        {
            if (IsUsed(pod) && !pod.IsVouchedFor && pod.Good!.TimestampMs < oldestMs)
            {
                Expire(pod);
            }
        }
    }

    /// <summary>Uses all entries again that were left out for their age: their keys have outlived a lease.</summary>
    public void ForgetExpiry()
    {
        HasExpired = false;
        foreach (TrackedPod pod in _pods.Values)
        {
            pod.IsExpired = false;
        }
    }

    /// <summary>
    /// Uses the entries again that were left out for their age and have been rewritten since, before the read that was just completed.
    /// </summary>
    public void ForgetExpiryOfWritten()
    {
        HasExpired = false;
        foreach (TrackedPod pod in _pods.Values)
        {
            pod.IsExpired &= pod.WrittenIn <= _readBefore;
            HasExpired |= pod.IsExpired;
        }
    }

    private void Expire(TrackedPod pod)
    {
        skips.Tell(pod.Name, DiscoverySkipReason.Expired);
        (pod.IsExpired, HasExpired) = (true, true);
    }

    private long Later(long timestamp, TimeSpan by) =>
        Math.Min(timeProvider.GetTimestamp(), timestamp + (long)(by.TotalSeconds * timeProvider.TimestampFrequency));
}
