using Llumnix.Adapters.Liveness;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The pods that a store holds, and their instances. A full read begins, puts each entry, and completes; completing it removes the pods that were not
/// put, unless the store has lost them. Between full reads single entries may be put and removed. For one thread at a time.
/// </summary>
/// <param name="maxPods">Largest number of entries, expired ones included.</param>
/// <param name="maxInstances">Largest number of instances in the list.</param>
/// <param name="losses">Distinguishes pods that were removed from pods that the store has lost.</param>
/// <param name="skips">Receives the entries that are not used.</param>
/// <param name="timeProvider">The age of entries.</param>
internal sealed partial class PodTable(int maxPods, int maxInstances, LossGuard losses, DiscoverySkips skips, TimeProvider timeProvider)
{
    private readonly Dictionary<string, TrackedPod> _pods = new(StringComparer.Ordinal);
    private readonly List<TrackedPod> _leaving = [];
    private long _read;
    private long _readBefore;
    private bool _isComplete;
    private bool _isChanged;
    private bool _wasChanged;
    private long _lastChange = timeProvider.GetTimestamp();

    /// <summary>All known pods, used or not.</summary>
    public Dictionary<string, TrackedPod>.ValueCollection Pods => _pods.Values;

    /// <summary>Whether a full read has ever been completed.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>The latest timestamp of an entry so far, by its writer's clock.</summary>
    public long NewestMs { get; private set; }

    /// <summary>Whether entries were turned away for lack of room since the last full read began.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Whether the store has lost every pod of the list.</summary>
    public bool HasLostAll => losses.HasLostAll;

    /// <summary>Time until lost pods that have not come back are removed; null when none is awaited.</summary>
    public TimeSpan? UntilLostLeave => losses.IsKeeping ? losses.Remaining : null;

    /// <summary>Time since an entry changed last, or since the start, without the outages given to <see cref="Excuse"/>.</summary>
    public TimeSpan Silence => timeProvider.GetElapsedTime(_lastChange);

    /// <summary>Begins a full read. One that is never completed becomes part of the next.</summary>
    public void BeginRead()
    {
        _readBefore = _isComplete ? _read : _readBefore;
        _isComplete = false;
        _read++;
        IsOverfull = false;
    }

    /// <summary>Whether the pod is known.</summary>
    public bool Contains(string podName) => _pods.ContainsKey(podName);

    /// <summary>Notes that an entry was turned away for lack of room.</summary>
    public void TurnAway() => IsOverfull = true;

    /// <summary>Takes over an entry.</summary>
    /// <param name="podName">The pod.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isVouchedFor">Whether the store guarantees that the writer lives, as by a lease.</param>
    /// <param name="skippedBefore">Why the pod's former value was not usable, when the pod is not in the table.</param>
    /// <returns>Whether the list of instances may have changed.</returns>
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

    /// <summary>Takes over an entry that has just been written: its writer lives, whatever the entry's timestamp says.</summary>
    /// <returns>Whether the list of instances may have changed.</returns>
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

    /// <summary>Notes that a pod's key is gone. The pod leaves at the next <see cref="Settle"/>.</summary>
    public void Remove(string podName)
    {
        if (_pods.TryGetValue(podName, out TrackedPod? pod))
        {
            pod.IsGone = true;
        }
    }

    /// <summary>Completes a full read: the keys of entries that were not put are gone.</summary>
    /// <param name="store">Identity of the store, or of its run; null when unknown.</param>
    /// <param name="longestPause">Longest pause of a living writer; null where writing is not a sign of life.</param>
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

    /// <summary>Judges the store's state, and removes the pods whose keys are gone and were not lost.</summary>
    /// <returns>Whether the list of instances may have changed.</returns>
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

    /// <summary>Removes the pods without a usable entry and the dead ones, and passes each of them to a callback.</summary>
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

    /// <summary>The present instances, up to the limit. Reports the entries that were unusable since the last call.</summary>
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

        // In etcd entries end with their lease or are deleted; none expires while its writer lives.
        return new StoreContents(store, known, missing, 0, present, Silence > longestPause);
    }

    // When no entry changed for longer than any writer pauses, the store was at fault: that time counts in no entry's age.
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

    private bool Update(TrackedPod pod, byte[] value)
    {
        (PodEntry? goodBefore, DiscoverySkipReason? skippedBefore) = (pod.Good, pod.Skipped);
        if (!pod.Update(value))
        {
            return false;
        }

        // An unusable value shows that one writer can write, not that the pods of the list can.
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
