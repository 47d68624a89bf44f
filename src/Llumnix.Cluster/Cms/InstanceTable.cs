using System.Text;
using Llumnix.Cluster.Liveness;
using Llumnix.Scheduling.Instances;
using StackExchange.Redis;

namespace Llumnix.Cluster.Cms;

/// <summary>
/// The instances that the CMS holds. A poll begins, lists the keys that are there, updates values, and completes: what was not listed
/// leaves then.
/// </summary>
/// <remarks>
/// A store that restarts without persistence has lost every key, while the instances live on and write theirs again within seconds; and in
/// one that takes no writes, the keys of those who live expire. What the store has lost, by <see cref="LossGuard"/>, therefore keeps its last
/// values as long as its keys have not come back.
/// </remarks>
internal sealed class InstanceTable(int maxInstances, TimeSpan rebuildWindow, TimeProvider timeProvider)
{
    // Statuses are written every second and live for some 100 s.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly LossGuard _losses = new(rebuildWindow, timeProvider);
    private readonly Dictionary<string, TrackedInstance> _instances = new(StringComparer.Ordinal);
    private readonly List<string> _gone = [];
    private long _poll;
    private long _lastChange = timeProvider.GetTimestamp();

    /// <summary>All instances that have a key.</summary>
    public Dictionary<string, TrackedInstance>.ValueCollection Instances => _instances.Values;

    /// <summary>Whether the current poll has met more instances than the table takes.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Whether the store has nothing left of the instances that are in.</summary>
    public bool HasLostAll => _losses.HasLostAll;

    /// <summary>Begins a poll.</summary>
    public void BeginPoll()
    {
        _poll++;
        IsOverfull = false;
    }

    /// <summary>Notes that a key is there. Keys that are no instance's are ignored.</summary>
    public void List(RedisKey key)
    {
        if (!CmsKeys.TryParse((byte[]?)key, out bool isStatus, out ReadOnlySpan<byte> idBytes))
        {
            return;
        }

        Span<char> buffer = stackalloc char[CmsKeys.MaxInstanceIdBytes];
        if (FindOrAdd(buffer[..Encoding.UTF8.GetChars(idBytes, buffer)]) is not { } instance)
        {
            IsOverfull = true;
        }
        else if (isStatus)
        {
            instance.Status.List(key, _poll);
        }
        else
        {
            instance.Metadata.List(key, _poll);
        }
    }

    /// <summary>Whether the instance's status is to be read in this poll.</summary>
    public bool NeedsStatus(TrackedInstance instance) => instance.Status.IsListedIn(_poll);

    /// <summary>Whether the instance's metadata is to be read in this poll: in its turn, or at once when the instance may enter.</summary>
    public bool NeedsMetadata(TrackedInstance instance, bool isDue) =>
        instance.Metadata.IsListedIn(_poll)
        && (isDue || instance.Metadata.IsAwaited || (!instance.IsIn && instance.Status.IsListedIn(_poll)));

    /// <summary>Notes that a value was another one than before: somebody can write.</summary>
    public void NoteChange() => _lastChange = timeProvider.GetTimestamp();

    /// <summary>Completes a poll.</summary>
    /// <param name="runId">The store's run id; null when it tells none.</param>
    /// <returns>The instances that are in: both keys are there, or were lost, and each has given a usable value.</returns>
    public List<InstanceReading> CompletePoll(string? runId)
    {
        if (_losses.Judge(Contents(runId)))
        {
            AwaitLost();
        }

        return RemoveGone();
    }

    private TrackedInstance? FindOrAdd(ReadOnlySpan<char> id)
    {
        if (_instances.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out TrackedInstance? instance)
            || _instances.Count >= maxInstances)
        {
            return instance;
        }

        instance = new TrackedInstance(id.ToString());
        _instances.Add(instance.Id, instance);
        return instance;
    }

    private StoreContents Contents(string? runId)
    {
        var contents = new StoreContents(runId, 0, 0, 0, 0, timeProvider.GetElapsedTime(_lastChange) >= LongestPause);
        foreach (TrackedInstance instance in _instances.Values)
        {
            bool hasMetadata = instance.Metadata.IsListedIn(_poll);
            bool hasStatus = instance.Status.IsListedIn(_poll);
            contents = contents with
            {
                Known = contents.Known + (instance.IsIn ? 1 : 0),
                Missing = contents.Missing + (instance.IsIn && !hasMetadata && !hasStatus ? 1 : 0),
                Incomplete = contents.Incomplete + (instance.IsIn && !(hasMetadata && hasStatus) ? 1 : 0),
                Present = contents.Present + (hasMetadata || hasStatus ? 1 : 0),
            };
        }

        return contents;
    }

    private void AwaitLost()
    {
        foreach (TrackedInstance instance in _instances.Values)
        {
            instance.Metadata.IsAwaited |= !instance.Metadata.IsListedIn(_poll);
            instance.Status.IsAwaited |= !instance.Status.IsListedIn(_poll);
        }
    }

    private List<InstanceReading> RemoveGone()
    {
        var readings = new List<InstanceReading>(_instances.Count);
        foreach (TrackedInstance instance in _instances.Values)
        {
            // Not &&: each key that is gone is to be cleared.
            if (!KeepOrClear(instance.Metadata) & !KeepOrClear(instance.Status))
            {
                _gone.Add(instance.Id);
            }

            instance.IsIn = instance.Metadata.Good is not null && instance.Status.Good is not null;
            if (instance.IsIn)
            {
                readings.Add(new InstanceReading(instance.Metadata.Good!, instance.Status.Good!));
            }
        }

        foreach (string id in _gone)
        {
            _instances.Remove(id);
        }

        _gone.Clear();
        return readings;
    }

    private bool KeepOrClear<T>(TrackedValue<T> value)
        where T : class
    {
        bool isKept = value.IsListedIn(_poll) || (value.IsAwaited && _losses.IsKeeping);
        if (!isKept)
        {
            value.Clear();
        }

        return isKept;
    }
}
