using Llumnix.Scheduling.Instances;

namespace Llumnix.Cluster.Discovery;

/// <summary>
/// The pods that a store holds, and the instances in them. A full read begins, puts each entry, and completes: what was not put leaves
/// then. Between full reads single entries may be put and removed. For one thread at a time.
/// </summary>
/// <param name="maxPods">Most entries, expired ones included.</param>
/// <param name="maxInstances">Most instances that are in.</param>
/// <param name="skips">What is not used is told here.</param>
/// <param name="timeProvider">The age of entries.</param>
internal sealed class PodTable(int maxPods, int maxInstances, DiscoverySkips skips, TimeProvider timeProvider)
{
    private readonly Dictionary<string, TrackedPod> _pods = new(StringComparer.Ordinal);
    private readonly List<string> _gone = [];
    private long _read;
    private long _readBefore;
    private bool _isComplete;
    private (long Start, TimeSpan Window) _rebuild;

    /// <summary>Whether entries were turned away since the last full read began, for want of room.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Whether an entry is kept out because of its age.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Begins a full read. One that is never completed is as good as part of the next.</summary>
    public void BeginRead()
    {
        _readBefore = _isComplete ? _read : _readBefore;
        _isComplete = false;
        _read++;
        IsOverfull = false;
    }

    /// <summary>Takes over an entry.</summary>
    /// <returns>Whether the list of instances may be another one now.</returns>
    public bool Put(string podName, byte[] value)
    {
        if (!_pods.TryGetValue(podName, out TrackedPod? pod))
        {
            if (_pods.Count >= maxPods)
            {
                IsOverfull = true;
                return false;
            }

            pod = new TrackedPod(podName);
            _pods.Add(podName, pod);
        }

        pod.ListedIn = _read;
        return Update(pod, value);
    }

    /// <summary>Takes over an entry that has just been written: however old it says that it is, its writer lives.</summary>
    /// <returns>Whether the list of instances may be another one now.</returns>
    public bool Renew(string podName, byte[] value)
    {
        bool isChanged = Put(podName, value);
        if (!_pods.TryGetValue(podName, out TrackedPod? pod) || !pod.IsExpired || pod.Skipped is not null)
        {
            return isChanged;
        }

        pod.IsExpired = false;
        return true;
    }

    /// <summary>Takes out an entry whose key is gone.</summary>
    /// <returns>Whether the list of instances may be another one now.</returns>
    public bool Remove(string podName) => _pods.Remove(podName, out TrackedPod? pod) && pod.Good is { Instances.Count: > 0 };

    /// <summary>Completes a full read: entries that it has not put are gone.</summary>
    public void CompleteRead()
    {
        foreach (TrackedPod pod in _pods.Values)
        {
            if (pod.ListedIn != _read)
            {
                _gone.Add(pod.Name);
            }
        }

        foreach (string name in _gone)
        {
            _pods.Remove(name);
        }

        _gone.Clear();
        _isComplete = true;
    }

    /// <summary>
    /// The store has been away until the read that was just completed, so that nobody could write. For a while that time does not count in the
    /// age of the entries that were in before and have not been written since.
    /// </summary>
    /// <param name="outage">How long the store was away.</param>
    /// <param name="window">How long their writers have to write them again.</param>
    public void Excuse(TimeSpan outage, TimeSpan window)
    {
        _rebuild = (timeProvider.GetTimestamp(), window);
        foreach (TrackedPod pod in _pods.Values)
        {
            if (!pod.IsExpired && pod.WrittenIn <= _readBefore)
            {
                pod.Excused += outage;
            }
        }
    }

    /// <summary>Takes entries out that are older than a span, by the wall clock, and takes back those that are not any more.</summary>
    public void Expire(TimeSpan maxAge)
    {
        long oldestMs = BeforeNow(maxAge);
        bool isRebuilding = timeProvider.GetElapsedTime(_rebuild.Start) < _rebuild.Window;
        HasExpired = false;
        foreach (TrackedPod pod in _pods.Values)
        {
            long excusedMs = isRebuilding ? (long)pod.Excused.TotalMilliseconds : 0;
            bool isExpired = pod.Good is { } good && good.TimestampMs < oldestMs - excusedMs;
            if (isExpired && !pod.IsExpired)
            {
                skips.Tell(pod.Name, DiscoverySkipReason.Expired);
            }

            pod.IsExpired = isExpired;
            pod.Excused = isExpired ? TimeSpan.Zero : pod.Excused;
            HasExpired |= isExpired;
        }
    }

    /// <summary>Keeps next to nothing of expired entries that are older than a span: only if they are written again do they come back.</summary>
    public void Shed(TimeSpan maxAge)
    {
        long oldestMs = BeforeNow(maxAge);
        foreach (TrackedPod pod in _pods.Values)
        {
            if (pod.IsExpired && pod.Good!.TimestampMs < oldestMs)
            {
                pod.Shed();
            }
        }
    }

    /// <summary>Takes every entry back that was too old: its key lives.</summary>
    public void ForgetExpiry()
    {
        HasExpired = false;
        foreach (TrackedPod pod in _pods.Values)
        {
            pod.IsExpired = false;
        }
    }

    /// <summary>Takes the entries back that were too old and were written again before the read that was just completed.</summary>
    public void ForgetExpiryOfWritten()
    {
        HasExpired = false;
        foreach (TrackedPod pod in _pods.Values)
        {
            pod.IsExpired &= pod.WrittenIn <= _readBefore;
            HasExpired |= pod.IsExpired;
        }
    }

    /// <summary>The instances that are there now, at most as many as are allowed.</summary>
    public List<DiscoveredInstance> Instances()
    {
        var instances = new List<DiscoveredInstance>(_pods.Count);
        bool isOverfull = IsOverfull;
        foreach (TrackedPod pod in _pods.Values)
        {
            if (pod is { IsExpired: false, Good: { } good })
            {
                int count = Math.Min(good.Instances.Count, maxInstances - instances.Count);
                isOverfull |= count < good.Instances.Count;
                instances.AddRange(good.Instances.Take(count));
            }
        }

        skips.TellOverfull(isOverfull, maxInstances);
        return instances;
    }

    private long BeforeNow(TimeSpan span) => timeProvider.GetUtcNow().ToUnixTimeMilliseconds() - (long)span.TotalMilliseconds;

    private bool Update(TrackedPod pod, byte[] value)
    {
        (PodEntry? goodBefore, DiscoverySkipReason? skippedBefore) = (pod.Good, pod.Skipped);
        if (!pod.Update(value))
        {
            return false;
        }

        if (!ReferenceEquals(goodBefore, pod.Good))
        {
            (pod.WrittenIn, pod.Excused) = (_read, TimeSpan.Zero);
        }

        skips.TellChange(pod.Name, goodBefore, skippedBefore, pod);
        return !SameInstances(goodBefore, pod.Good);
    }

    private static bool SameInstances(PodEntry? a, PodEntry? b) =>
        ReferenceEquals(a, b) || (a?.Instances ?? []).SequenceEqual(b?.Instances ?? []);
}
