using System.Text;
using Llumnix.Adapters.Liveness;
using Llumnix.Scheduling.Instances;
using StackExchange.Redis;

namespace Llumnix.Adapters.Cms;

/// <summary>
/// The instances that the CMS holds. A listing, which may take long, adds the instances whose keys it finds. A poll checks the keys of all known
/// instances; completing it removes the instances without keys. For one thread at a time.
/// </summary>
/// <remarks>
/// A store that restarts without persistence loses every key although the instances live on; they write their keys again within seconds. In a store
/// that refuses writes the keys of living instances expire. An instance that the store has lost in one of these ways, as <see cref="LossGuard"/>
/// judges, therefore keeps its last values until its keys are back.
/// </remarks>
internal sealed class InstanceTable(int maxInstances, TimeSpan rebuildWindow, TimeProvider timeProvider)
{
    // Statuses are written every second and live for some 100 s.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(5);

    private readonly LossGuard _losses = new(rebuildWindow, timeProvider);
    private readonly Dictionary<string, TrackedInstance> _instances = new(StringComparer.Ordinal);
    private readonly List<string> _gone = [];
    private bool _hasTurnedAway;
    private long _lastChange = timeProvider.GetTimestamp();

    /// <summary>All instances that have a key.</summary>
    public Dictionary<string, TrackedInstance>.ValueCollection Instances => _instances.Values;

    /// <summary>Whether the last completed listing found more instances than the table holds.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Whether the store has lost every instance of the table.</summary>
    public bool HasLostAll => _losses.HasLostAll;

    /// <summary>Begins a listing.</summary>
    public void BeginListing() => _hasTurnedAway = false;

    /// <summary>Notes that a key exists. Keys that belong to no instance are ignored.</summary>
    public void List(RedisKey key)
    {
        if (!CmsKeys.TryParse((byte[]?)key, out ReadOnlySpan<byte> idBytes))
        {
            return;
        }

        Span<char> buffer = stackalloc char[CmsKeys.MaxInstanceIdBytes];
        _hasTurnedAway |= !TryAdd(buffer[..Encoding.UTF8.GetChars(idBytes, buffer)]);
    }

    /// <summary>Completes a listing.</summary>
    public void CompleteListing() => IsOverfull = _hasTurnedAway;

    /// <summary>
    /// Whether a poll reads the instance's metadata, after its status: when metadata are due; when the key was missing before; or when both keys may
    /// now be there, so that the instance can enter. Of other instances a poll only checks that the metadata key exists.
    /// </summary>
    public static bool NeedsMetadata(TrackedInstance instance, bool isDue) =>
        isDue || !instance.Metadata.IsPresent || (!instance.IsIn && instance.Status.IsPresent);

    /// <summary>Notes that a value has changed: the store accepts writes.</summary>
    public void NoteChange() => _lastChange = timeProvider.GetTimestamp();

    /// <summary>Completes a poll and removes the instances whose keys are gone.</summary>
    /// <param name="runId">The store's run id; null when it tells none.</param>
    /// <returns>The instances in the view: both keys exist, or were lost by the store, and each has given a usable value.</returns>
    public List<InstanceReading> CompletePoll(string? runId)
    {
        if (_losses.Judge(Contents(runId)))
        {
            AwaitLost();
        }

        return RemoveGone();
    }

    private bool TryAdd(ReadOnlySpan<char> id)
    {
        if (_instances.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(id))
        {
            return true;
        }

        if (_instances.Count >= maxInstances)
        {
            return false;
        }

        var instance = new TrackedInstance(id.ToString(), timeProvider);
        _instances.Add(instance.Id, instance);
        return true;
    }

    private StoreContents Contents(string? runId)
    {
        var contents = new StoreContents(runId, 0, 0, 0, 0, timeProvider.GetElapsedTime(_lastChange) >= LongestPause);
        foreach (TrackedInstance instance in _instances.Values)
        {
            bool hasMetadata = instance.Metadata.IsPresent;
            bool hasStatus = instance.Status.IsPresent;
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
            instance.Metadata.IsAwaited |= !instance.Metadata.IsPresent;
            instance.Status.IsAwaited |= !instance.Status.IsPresent;
        }
    }

    private List<InstanceReading> RemoveGone()
    {
        var readings = new List<InstanceReading>(_instances.Count);
        bool isStatusDue = _losses.ArePromptWritersDue(LongestTurn);
        foreach (TrackedInstance instance in _instances.Values)
        {
            // After a flush a living engine writes its status within seconds; its metadata take longer.
            bool mayBeLost = _losses.IsKeeping && (!isStatusDue || instance.Status.IsPresent || instance.Metadata.IsPresent);
            // & and not &&: both keys must be looked at, so that each missing one is cleared.
            if (!KeepOrClear(instance.Metadata, mayBeLost) & !KeepOrClear(instance.Status, mayBeLost))
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

    private static bool KeepOrClear<T>(TrackedValue<T> value, bool mayBeLost)
        where T : class
    {
        bool isKept = value.IsPresent || (value.IsAwaited && mayBeLost);
        if (!isKept)
        {
            value.Clear();
        }

        return isKept;
    }
}
