using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>
/// Counts what has been sent and the engines have not yet reported. Between a placement and the engine's first status that knows the
/// request, its load is in <see cref="FullModeInstance.Dispatched"/>; an acknowledged, released or expired entry has left it.
/// </summary>
/// <remarks>
/// With cache-aware scheduling an acknowledged prefill stays as long as it waits in the engine: how much of it is really to be computed is
/// known here, not there. Its tokens are then in <see cref="FullModeInstance.KnownWaitingPrefillTokens"/>.
/// </remarks>
/// <remarks>
/// Guarded by the scheduler's lock. An entry stands in three lists, by request, by instance and by age; steady traffic allocates nothing.
/// Invariant: every instance's sums equal the sums over its entries.
/// </remarks>
internal sealed class DispatchLedger
{
    private readonly EntryPool<LedgerEntry> _entries = new();
    private readonly RequestIndex _byRequest = new();
    private readonly IndexLinks _byInstance = new();
    private readonly IndexLinks _byAge = new();
    private readonly Action<FullModeInstance> _onLoadChanged;
    private readonly int _maxEntries;
    private readonly bool _followsWaiting;
    private IndexList _inFlight;
    private IndexList _acknowledged;
    private long _statuses;

    /// <param name="onLoadChanged">Called after an instance's sums changed.</param>
    /// <param name="maxEntries">Above it the oldest entry makes room.</param>
    /// <param name="followsWaiting">Whether acknowledged prefills stay while they wait: with cache-aware scheduling.</param>
    internal DispatchLedger(Action<FullModeInstance> onLoadChanged, int maxEntries = 1 << 20, bool followsWaiting = false)
    {
        _onLoadChanged = onLoadChanged;
        _maxEntries = maxEntries;
        _followsWaiting = followsWaiting;
    }

    /// <summary>Number of entries, those that wait in their engine included.</summary>
    internal int Count => _entries.Count;

    /// <summary>Entries that were dropped because no status ever named them.</summary>
    internal long ExpiredTotal { get; private set; }

    /// <summary>Adds a placement; one of the same request in the same role makes way for it, wherever it was.</summary>
    internal void Add(string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now)
    {
        RemoveRole(requestId, role);
        if (Count >= _maxEntries)
        {
            Expire(_acknowledged.IsEmpty ? _inFlight.First : _acknowledged.First);
        }

        int index = _entries.Allocate();
        ref LedgerEntry entry = ref _entries[index];
        entry.RequestId = requestId;
        entry.Instance = instance;
        entry.Role = role;
        entry.Tokens = tokens;
        entry.UncomputedTokens = uncomputedTokens;
        entry.AddedAt = now;
        instance.Dispatched = Plus(instance.Dispatched, in entry, +1, IsInFlight(requestId, instance) ? 0 : 1);
        _byRequest.Add(requestId, index);
        _byInstance.AddLast(ref instance.LedgerEntries, index);
        _byAge.AddLast(ref _inFlight, index);
        _onLoadChanged(instance);
    }

    /// <summary>
    /// Removes a request's entries on an instance, whose host is given as hosts are compared, in the role that is said or in any. Unknown ones
    /// change nothing.
    /// </summary>
    internal void Release(string requestId, in ReleasedInstance instance)
    {
        int index = _byRequest.First(requestId);
        while (index != 0)
        {
            ref LedgerEntry entry = ref _entries[index];
            int next = _byRequest.Next(index);
            if ((instance.Role is null || entry.Role == instance.Role) && IsOn(in entry, in instance))
            {
                Remove(index);
            }

            index = next;
        }
    }

    /// <summary>The instance's status names engine requests: those in flight to it are acknowledged and leave the sums.</summary>
    internal void Acknowledge(FullModeInstance instance, InstanceStatus status)
    {
        if (instance.LedgerEntries.IsEmpty)
        {
            return;
        }

        _statuses++;
        if (_followsWaiting)
        {
            MarkWaiting(instance, status.WaitingRequests);
        }

        RemoveSeen(instance, status.RecentWaitingRequests);
        if (_followsWaiting)
        {
            RemoveThoseThatNoLongerWait(instance);
        }
    }

    /// <summary>Drops the entries in flight that were added at or before a moment.</summary>
    internal void ExpireUntil(long moment)
    {
        while (!_inFlight.IsEmpty && _entries[_inFlight.First].AddedAt <= moment)
        {
            Expire(_inFlight.First);
        }
    }

    /// <summary>The instance has left or was restarted: its entries are void.</summary>
    internal void Forget(FullModeInstance instance)
    {
        while (!instance.LedgerEntries.IsEmpty)
        {
            Remove(instance.LedgerEntries.First);
        }
    }

    private void Expire(int index)
    {
        ExpiredTotal++;
        Remove(index);
    }

    private void RemoveRole(string requestId, InferType role)
    {
        for (int index = _byRequest.First(requestId); index != 0; index = _byRequest.Next(index))
        {
            if (_entries[index].Role == role)
            {
                Remove(index);
                return;
            }
        }
    }

    private void MarkWaiting(FullModeInstance instance, IReadOnlyList<string> engineRequestIds)
    {
        for (int i = 0; i < engineRequestIds.Count; i++)
        {
            int next;
            for (int index = Find(engineRequestIds[i]); index != 0; index = next)
            {
                next = _byRequest.Next(index);
                if (_entries[index].Instance == instance)
                {
                    AcknowledgeWaiting(index);
                }
            }
        }
    }

    private void RemoveSeen(FullModeInstance instance, IReadOnlyList<string> engineRequestIds)
    {
        for (int i = 0; i < engineRequestIds.Count && !instance.LedgerEntries.IsEmpty; i++)
        {
            int next;
            for (int index = Find(engineRequestIds[i]); index != 0; index = next)
            {
                next = _byRequest.Next(index);
                if (_entries[index].Instance == instance && _entries[index].SeenWaitingIn != _statuses)
                {
                    Remove(index);
                }
            }
        }
    }

    private void RemoveThoseThatNoLongerWait(FullModeInstance instance)
    {
        int next;
        for (int index = instance.LedgerEntries.First; index != 0; index = next)
        {
            next = _byInstance.Next(index);
            if (_entries[index].IsAcknowledged && _entries[index].SeenWaitingIn != _statuses)
            {
                Remove(index);
            }
        }
    }

    /// <summary>First entry of the request that an engine's id means; 0 when it is not known.</summary>
    private int Find(string engineRequestId)
    {
        foreach (ReadOnlySpan<char> form in new EngineRequestIdForms(engineRequestId))
        {
            if (_byRequest.First(form) is not 0 and int first)
            {
                return first;
            }
        }

        return 0;
    }

    /// <summary>A decode has no prefill to follow: it is merely no longer in flight.</summary>
    private void AcknowledgeWaiting(int index)
    {
        ref LedgerEntry entry = ref _entries[index];
        if (entry.Role == InferType.Decode)
        {
            Remove(index);
            return;
        }

        entry.SeenWaitingIn = _statuses;
        if (!entry.IsAcknowledged)
        {
            Acknowledge(index);
        }
    }

    private void Acknowledge(int index)
    {
        ref LedgerEntry entry = ref _entries[index];
        FullModeInstance instance = entry.Instance;
        entry.IsAcknowledged = true;
        _byAge.Remove(ref _inFlight, index);
        _byAge.AddLast(ref _acknowledged, index);
        int requests = IsInFlight(entry.RequestId, instance) ? 0 : -1;
        instance.Dispatched = Plus(instance.Dispatched, in entry, -1, requests);
        instance.KnownWaitingPrefillTokens += entry.UncomputedTokens;
        _onLoadChanged(instance);
    }

    private void Remove(int index)
    {
        LedgerEntry entry = _entries[index];
        FullModeInstance instance = entry.Instance;
        _byRequest.Remove(entry.RequestId, index);
        _byInstance.Remove(ref instance.LedgerEntries, index);
        _byAge.Remove(ref entry.IsAcknowledged ? ref _acknowledged : ref _inFlight, index);
        if (entry.IsAcknowledged)
        {
            instance.KnownWaitingPrefillTokens -= entry.UncomputedTokens;
        }
        else
        {
            instance.Dispatched = Plus(instance.Dispatched, in entry, -1, IsInFlight(entry.RequestId, instance) ? 0 : -1);
        }

        _entries.Recycle(index);
        _onLoadChanged(instance);
    }

    private bool IsInFlight(string requestId, FullModeInstance instance)
    {
        for (int index = _byRequest.First(requestId); index != 0; index = _byRequest.Next(index))
        {
            if (_entries[index].Instance == instance && !_entries[index].IsAcknowledged)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Ranks may share an endpoint: the rank tells which one is meant or, where it is not said, the id that the answer told, which has it in it.
    /// </summary>
    private static bool IsOn(in LedgerEntry entry, in ReleasedInstance released)
    {
        InstanceAddress address = entry.Instance.Address;
        return address.Port == released.Port
            && entry.Instance.Metadata.Host == released.Host
            && (released.DataParallelRank is { } rank
                ? rank == address.DataParallelRank
                : released.WireId.Length == 0 || released.WireId == address.WireId);
    }

    private static DispatchedLoad Plus(DispatchedLoad load, in LedgerEntry entry, int sign, int requests)
    {
        int prefill = entry.Role == InferType.Decode ? 0 : sign;
        int decode = entry.Role == InferType.Prefill ? 0 : sign;
        return new DispatchedLoad(
            load.Requests + requests,
            load.PrefillRequests + prefill,
            load.UncomputedPrefillTokens + (prefill * entry.UncomputedTokens),
            load.DecodeRequests + decode,
            load.DecodeTokens + (decode * entry.Tokens));
    }
}
