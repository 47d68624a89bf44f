using Llumnix.Adapters.Liveness;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The pods that a store holds, and the instances in them. A full read begins, puts each entry, and completes: what was not put leaves
/// then, unless the store has lost it. Between full reads single entries may be put and removed. For one thread at a time.
/// </summary>
/// <param name="maxPods">Most entries, expired ones included.</param>
/// <param name="maxInstances">Most instances that are in.</param>
/// <param name="losses">Tells pods that were taken out from those that the store has lost.</param>
/// <param name="skips">What is not used is told here.</param>
/// <param name="timeProvider">The age of entries.</param>
internal sealed class PodTable(int maxPods, int maxInstances, LossGuard losses, DiscoverySkips skips, TimeProvider timeProvider)
{
    private readonly Dictionary<string, TrackedPod> _pods = new(StringComparer.Ordinal);
    private readonly List<TrackedPod> _leaving = [];
    private long _read;
    private long _readBefore;
    private bool _isComplete;
    private bool _isChanged;
    private bool _wasChanged;
    private long _lastChange = timeProvider.GetTimestamp();

    /// <summary>All pods of which something is known.</summary>
    public Dictionary<string, TrackedPod>.ValueCollection Pods => _pods.Values;

    /// <summary>Whether a full read has ever been completed.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>The latest timestamp of an entry so far, by its writer's clock.</summary>
    public long NewestMs { get; private set; }

    /// <summary>Whether entries were turned away since the last full read began, for want of room.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Whether an entry is kept out because of its age.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Whether the store has nothing left of the pods that are in.</summary>
    public bool HasLostAll => losses.HasLostAll;

    /// <summary>When lost pods leave that do not come back; null when none is awaited.</summary>
    public TimeSpan? UntilLostLeave => losses.IsKeeping ? losses.Remaining : null;

    /// <summary>How long no entry has changed, or since the start; outages that were excused are left out.</summary>
    public TimeSpan Silence => timeProvider.GetElapsedTime(_lastChange);

    /// <summary>Begins a full read. One that is never completed is as good as part of the next.</summary>
    public void BeginRead()
    {
        _readBefore = _isComplete ? _read : _readBefore;
        _isComplete = false;
        _read++;
        IsOverfull = false;
    }

    /// <summary>Whether something is known of the pod.</summary>
    public bool Contains(string podName) => _pods.ContainsKey(podName);

    /// <summary>Notes that there is an entry for which there is no room.</summary>
    public void TurnAway() => IsOverfull = true;

    /// <summary>Takes over an entry.</summary>
    /// <param name="podName">The pod.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isVouchedFor">Whether the store vouches for the writer's life.</param>
    /// <param name="skippedBefore">Why the pod's value of before was not usable, when it is not in the table.</param>
    /// <returns>Whether the list of instances may be another one now.</returns>
    public bool Put(string podName, byte[] value, bool isVouchedFor = false, DiscoverySkipReason? skippedBefore = null)
    {
        if (!_pods.TryGetValue(podName, out TrackedPod? pod))
        {
            if (_pods.Count >= maxPods)
            {
                IsOverfull = true;
                return false;
            }

            pod = new TrackedPod(podName, skippedBefore);
            _pods.Add(podName, pod);
        }

        _isChanged |= pod.IsAwaited;
        (pod.ListedIn, pod.IsVouchedFor, pod.IsGone, pod.IsAwaited) = (_read, isVouchedFor, false, false);
        return Update(pod, value);
    }

    /// <summary>Takes over an entry that has just been written: however old it says that it is, its writer lives.</summary>
    /// <returns>Whether the list of instances may be another one now.</returns>
    public bool Renew(string podName, byte[] value, bool isVouchedFor)
    {
        bool isChanged = Put(podName, value, isVouchedFor);
        if (!_pods.TryGetValue(podName, out TrackedPod? pod) || !pod.IsExpired || pod.Skipped is not null)
        {
            return isChanged;
        }

        pod.IsExpired = false;
        return true;
    }

    /// <summary>Notes that the key of an entry is gone. It leaves when the store is judged the next time.</summary>
    public void Remove(string podName)
    {
        if (_pods.TryGetValue(podName, out TrackedPod? pod))
        {
            pod.IsGone = true;
        }
    }

    /// <summary>Completes a full read: entries that it has not put are gone.</summary>
    /// <param name="store">What tells this store from another one; null when it is not known.</param>
    /// <param name="longestPause">How long writers pause at most, where their writing is a sign of life.</param>
    public void CompleteRead(string? store, TimeSpan? longestPause = null)
    {
        foreach (TrackedPod pod in _pods.Values)
        {
            pod.IsGone |= pod.ListedIn != _read;
        }

        NoteChanges(longestPause);
        (_wasChanged, _isChanged, _isComplete, IsLoaded) = (_isChanged, false, true, true);
        Settle(store, longestPause);
    }

    /// <summary>Judges the store, and lets pods leave that are gone and were not lost.</summary>
    /// <returns>Whether the list of instances may be another one now.</returns>
    public bool Settle(string? store, TimeSpan? longestPause = null)
    {
        bool isLoss = losses.Judge(Contents(store, longestPause));
        foreach (TrackedPod pod in _pods.Values)
        {
            pod.IsAwaited |= isLoss && pod.IsGone;
            if (pod.IsGone && !(pod.IsAwaited && losses.IsKeeping))
            {
                _leaving.Add(pod);
            }

            pod.IsIn = IsUsed(pod);
        }

        bool isChanged = _leaving.Exists(IsUsed);
        _leaving.ForEach(pod => _pods.Remove(pod.Name));
        _leaving.Clear();
        return isChanged;
    }

    /// <summary>Time has passed in which the store was away, so that nobody could write: it does not count.</summary>
    public void Excuse(TimeSpan span)
    {
        _lastChange = Later(_lastChange, span);
        foreach (TrackedPod pod in _pods.Values)
        {
            pod.LastChange = Later(pod.LastChange, span);
        }
    }

    /// <summary>
    /// Takes pods for dead that have not written for longer than a span although others have, by the read that was just completed. While
    /// nobody writes, nobody can be told to be dead.
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
    /// At the first sight of a store: takes pods for dead whose entries are older than a moment, by their writers' clocks, until they are
    /// written again or otherwise shown to live.
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

    /// <summary>Hands out the pods that have no usable entry, or are taken for dead, and forgets them.</summary>
    public void TakeOutUnused(Action<TrackedPod> take)
    {
        foreach (TrackedPod pod in _pods.Values)
        {
            if (!IsUsed(pod))
            {
                _leaving.Add(pod);
            }
        }

        foreach (TrackedPod pod in _leaving)
        {
            _pods.Remove(pod.Name);
            take(pod);
        }

        _leaving.Clear();
        HasExpired = false;
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

    /// <summary>The instances that are there now, at most as many as are allowed. Tells what was not usable since the last call.</summary>
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
        skips.Flush();
        return instances;
    }

    private static bool IsUsed(TrackedPod pod) => pod is { IsExpired: false, Good: not null };

    private StoreContents Contents(string? store, TimeSpan? longestPause)
    {
        (int known, int missing, int present) = (0, 0, 0);
        foreach (TrackedPod pod in _pods.Values)
        {
            known += pod.IsIn ? 1 : 0;
            missing += pod is { IsIn: true, IsGone: true } ? 1 : 0;
            present += pod.IsGone ? 0 : 1;
        }

        // Entries go with a lease or are deleted; none expires while its writer lives.
        return new StoreContents(store, known, missing, 0, present, Silence > longestPause);
    }

    // A pause that is longer than any writer's was the store's: it does not count in anybody's age.
    private void NoteChanges(TimeSpan? longestPause)
    {
        if (!_isChanged && IsLoaded)
        {
            return;
        }

        if (IsLoaded && Silence > longestPause)
        {
            Excuse(Silence);
        }

        _lastChange = timeProvider.GetTimestamp();
    }

    private void Expire(TrackedPod pod)
    {
        skips.Tell(pod.Name, DiscoverySkipReason.Expired);
        (pod.IsExpired, HasExpired) = (true, true);
    }

    private long Later(long timestamp, TimeSpan by) =>
        Math.Min(timeProvider.GetTimestamp(), timestamp + (long)(by.TotalSeconds * timeProvider.TimestampFrequency));

    private bool Update(TrackedPod pod, byte[] value)
    {
        (PodEntry? goodBefore, DiscoverySkipReason? skippedBefore) = (pod.Good, pod.Skipped);
        if (!pod.Update(value))
        {
            return false;
        }

        // What cannot be used shows that somebody writes, not that those can who matter.
        if (!ReferenceEquals(goodBefore, pod.Good))
        {
            _isChanged = true;
            (pod.WrittenIn, pod.LastChange) = (_read, timeProvider.GetTimestamp());
            NewestMs = Math.Max(NewestMs, pod.Good!.TimestampMs);
        }

        skips.TellChange(pod.Name, goodBefore, skippedBefore, pod);
        return !SameInstances(goodBefore, pod.Good);
    }

    private static bool SameInstances(PodEntry? a, PodEntry? b) =>
        ReferenceEquals(a, b) || (a?.Instances ?? []).SequenceEqual(b?.Instances ?? []);
}
