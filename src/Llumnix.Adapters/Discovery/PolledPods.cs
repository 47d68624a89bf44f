using System.Text;
using Llumnix.Adapters.Liveness;
using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.Instances;
using StackExchange.Redis;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The pods of a store that is polled: the used entries in a <see cref="PodTable"/>, the others in a <see cref="LeftoverTable"/>. A poll begins, may
/// list all keys, reads the values of <see cref="ToRead"/>, and completes. For one thread at a time.
/// </summary>
internal sealed class PolledPods
{
    private const int PodsPerInstance = 8;
    private const int MaxLeftovers = 524_288;
    private const int LeftoversPerListing = 4096;

    // Placeholder for any value that is too large: its bytes are never read.
    private static readonly byte[] TooLarge = new byte[PodEntry.MaxBytes + 1];

    private readonly TimeSpan _ttl;
    private readonly TimeProvider _timeProvider;
    private readonly PodTable _table;
    private readonly LeftoverTable _leftovers = new(MaxLeftovers, LeftoversPerListing);
    private bool _isOurClockAhead;
    private bool _turnsAway;
    private bool _turnedAway;

    /// <param name="options">Lifetimes and bounds.</param>
    /// <param name="skips">Receives the entries that are not used.</param>
    /// <param name="timeProvider">The age of entries.</param>
    public PolledPods(RedisDiscoveryOptions options, DiscoverySkips skips, TimeProvider timeProvider)
    {
        (_ttl, _timeProvider) = (options.StatusTtl, timeProvider);
        int maxPods = (int)Math.Min((long)options.MaxInstances * PodsPerInstance, Array.MaxLength);
        _table = new PodTable(maxPods, options.MaxInstances, new LossGuard(options.RebuildWindow, timeProvider), skips, timeProvider);
    }

    /// <summary>The keys whose values are to be read in this poll.</summary>
    public List<RedisKey> ToRead { get; } = [];

    /// <summary>Number of entries that exist and are not used.</summary>
    public int Leftovers => _leftovers.Count;

    /// <summary>Why the store's answer is not trusted to show the fleet, in words; null when it is trusted.</summary>
    public string? Silence =>
        _table.HasLostAll ? StoreStatus.LostAll
        : _table.Pods.Count > 0 && _table.Silence > _ttl ? "no entry in it changes any more"
        : null;

    /// <summary>Begins a poll.</summary>
    public void BeginPoll()
    {
        ToRead.Clear();
        ToRead.AddRange(_table.Pods.Select(static pod => (RedisKey)(PodKeys.RedisPrefix + pod.Name)));
    }

    /// <summary>Begins a listing of all keys.</summary>
    public void BeginListing()
    {
        (_turnsAway, _turnedAway) = (false, _turnsAway);
        _leftovers.BeginListing();
    }

    /// <summary>Notes that a key exists. Keys that belong to no pod are ignored.</summary>
    public void List(RedisKey key)
    {
        byte[] bytes = (byte[]?)key ?? [];
        if (_leftovers.List(TrackedPod.DigestOf(bytes), out bool isDue))
        {
            if (isDue)
            {
                ToRead.Add(key);
            }
        }
        else if (PodKeys.PodName(bytes, PodKeys.RedisPrefix) is { } podName && !_table.Contains(podName))
        {
            AddNew(key);
        }
    }

    /// <summary>Completes a listing.</summary>
    public void CompleteListing()
    {
        _turnedAway = false;
        _leftovers.CompleteListing();
    }

    /// <summary>Begins reading values. The time for which the store was away is excluded from the age of all entries.</summary>
    public void BeginRead(TimeSpan outage)
    {
        if (outage > TimeSpan.Zero)
        {
            _table.Excuse(outage);
        }

        _table.BeginRead();
        // Only the end of a listing, which may take many polls, shows whether there is room again.
        if (_turnsAway || _turnedAway)
        {
            _table.TurnAway();
        }
    }

    /// <summary>Takes over values.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="values">What they hold.</param>
    public void Put(RedisKey[] keys, StoredValue[] values)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            if (values[i].IsPresent)
            {
                Put((byte[]?)keys[i], values[i].Bytes ?? TooLarge);
            }
        }

        Shed();
    }

    /// <summary>Completes a poll.</summary>
    /// <param name="runId">The store's run id; null when it tells none.</param>
    /// <returns>
    /// The instances in use. Null when every entry looked old at the first read: then our own clock is ahead, and another poll with a listing must
    /// compare the entries with the newest one.
    /// </returns>
    public List<DiscoveredInstance>? Complete(string? runId)
    {
        if (!_table.IsLoaded && !_isOurClockAhead && _leftovers.Count > 0 && _table.NewestMs < OldestMs())
        {
            _isOurClockAhead = true;
            _leftovers.Clear();
            return null;
        }

        // A living writer writes at least twice within the TTL.
        _table.CompleteRead(runId, _ttl / 2);
        _table.ExpireSilent(_ttl);
        Shed();
        return _table.Instances();
    }

    // While the leftover table is full, a new key may be a leftover that has not been recorded.
    private void AddNew(RedisKey key)
    {
        if (_leftovers.IsFull || ToRead.Count >= MaxLeftovers)
        {
            _turnsAway = true;
        }
        else
        {
            ToRead.Add(key);
        }
    }

    private void Put(ReadOnlySpan<byte> key, byte[] value)
    {
        if (!_leftovers.Read(TrackedPod.DigestOf(key), TrackedPod.DigestOf(value), out DiscoverySkipReason? skipped)
            && PodKeys.PodName(key, PodKeys.RedisPrefix) is { } podName)
        {
            _table.Put(podName, value, skippedBefore: skipped);
        }
    }

    private long OldestMs() =>
        (_isOurClockAhead ? _table.NewestMs : _timeProvider.GetUtcNow().ToUnixTimeMilliseconds()) - (long)_ttl.TotalMilliseconds;

    // At the first read no pod is known to live: an entry that looks old is a leftover until it is rewritten. Leftovers are removed while the
    // other entries are still being read, so that very many dead pods do not cost memory.
    private void Shed()
    {
        if (!_table.IsLoaded)
        {
            _table.ExpireOld(OldestMs());
        }

        _table.TakeOutUnused(pod => _leftovers.Add(
            TrackedPod.DigestOf(Encoding.UTF8.GetBytes(PodKeys.RedisPrefix + pod.Name)), pod.Digest, pod.Skipped));
    }
}
