using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>
/// Counts the load of requests in flight: from the placement until the entry is acknowledged, released or expires, the request's load is part of
/// <see cref="FullModeInstance.Dispatched"/>.
/// </summary>
/// <remarks>
/// With cache-aware scheduling an acknowledged prefill keeps its entry while it waits in the engine, because the status counts its whole prompt and
/// only the ledger knows its prefix hit. Its uncomputed tokens are then part of <see cref="FullModeInstance.KnownWaitingPrefillTokens"/>.
/// </remarks>
/// <remarks>
/// Guarded by the scheduler's lock. Each entry is in three lists: by request, by instance and by age. Steady traffic allocates nothing.
/// Invariant: every instance's sums equal the sums over its entries.
/// </remarks>
internal sealed partial class DispatchLedger
{
    private readonly EntryPool<LedgerEntry> _entries = new();
    private readonly TextIndex _byRequest = new();
    private readonly IndexLinks _byInstance = new();
    private readonly IndexLinks _byAge = new();
    private readonly Action<FullModeInstance> _onLoadChanged;
    private readonly int _maxEntries;
    private readonly bool _followsWaiting;
    private readonly LedgerJournal? _journal;
    private IndexList _inFlight;
    private IndexList _acknowledged;
    private long _statuses;

    /// <param name="onLoadChanged">Called after an instance's sums changed.</param>
    /// <param name="maxEntries">Largest number of entries; a further one replaces the oldest acknowledged one or, when there is none, the oldest.</param>
    /// <param name="followsWaiting">Whether acknowledged prefills keep their entry while they wait: with cache-aware scheduling.</param>
    /// <param name="journal">Where changes are told to other replicas; null without replicas.</param>
    /// <param name="find">Finds the instance of an id; needed with replicas only.</param>
    internal DispatchLedger(
        Action<FullModeInstance> onLoadChanged,
        int maxEntries = 1 << 20,
        bool followsWaiting = false,
        LedgerJournal? journal = null,
        Func<string, FullModeInstance?>? find = null)
    {
        _onLoadChanged = onLoadChanged;
        _maxEntries = maxEntries;
        _followsWaiting = followsWaiting;
        _journal = journal;
        _find = find ?? (static _ => null);
    }

    /// <summary>Number of entries, the acknowledged ones that wait in their engine included.</summary>
    internal int Count => _entries.Count;

    /// <summary>Number of entries dropped by age or for want of room, since the start.</summary>
    internal long ExpiredTotal { get; private set; }

    /// <summary>Adds a placement. It replaces one of the same request in the same role, on any instance.</summary>
    internal void Add(string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now)
    {
        EndRole(requestId, role);
        Insert(requestId, instance, role, tokens, uncomputedTokens, now, _journal?.NewOrigin ?? default);
        _journal?.Append(Describe(in _entries[instance.LedgerEntries.Last]));
    }

    private void Insert(
        string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now, EntryOrigin origin)
    {
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
        entry.Origin = origin;
        _journal?.Count(in origin, +1);
        instance.Dispatched = Plus(instance.Dispatched, in entry, +1, IsInFlight(requestId, instance) ? 0 : 1);
        _byRequest.Add(requestId, index);
        _byInstance.AddLast(ref instance.LedgerEntries, index);
        _byAge.AddLast(ref _inFlight, index);
        _onLoadChanged(instance);
    }

    /// <summary>
    /// Removes a request's entries on an instance, in the given role or in all when none is given. The host must be normalized. Unknown entries change
    /// nothing.
    /// </summary>
    internal void Release(string requestId, in ReleasedInstance instance)
    {
        int index = _byRequest.First(requestId);
        while (index != 0)
        {
            ref LedgerEntry entry = ref _entries[index];
            int next = _byRequest.Next(index);
            if ((instance.Role is null || entry.Role == instance.Role) && instance.Names(entry.Instance))
            {
                End(index);
            }

            index = next;
        }
    }

    /// <summary>Acknowledges the entries whose requests an instance's status names; they no longer count as in flight.</summary>
    internal void Acknowledge(FullModeInstance instance, InstanceStatus status)
    {
        if (instance.LedgerEntries.IsEmpty)
        {
            return;
        }

        // Waiting requests first: marked entries survive, and then all other acknowledged ones are removed.
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

        if (_ownerAcknowledged > 0)
        {
            RemoveOwnerAcknowledged(instance);
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

    /// <summary>Removes all entries of an instance that has left or was restarted.</summary>
    internal void Forget(FullModeInstance instance)
    {
        while (!instance.LedgerEntries.IsEmpty)
        {
            EndHere(instance.LedgerEntries.First);
        }
    }

    private void Expire(int index)
    {
        ExpiredTotal++;
        EndHere(index);
    }

    private void EndRole(string requestId, InferType role)
    {
        int next;
        for (int index = _byRequest.First(requestId); index != 0; index = next)
        {
            next = _byRequest.Next(index);
            if (_entries[index].Role == role)
            {
                End(index);
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
                    RemoveAcknowledged(index);
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
                RemoveAcknowledged(index);
            }
        }
    }

    /// <summary>First entry of the request that an engine's request id refers to; 0 when there is none.</summary>
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

    /// <summary>Acknowledges an entry that a status names as waiting. A decode has no prefill to follow, so its entry is removed.</summary>
    private void AcknowledgeWaiting(int index)
    {
        ref LedgerEntry entry = ref _entries[index];
        if (entry.Role == InferType.Decode)
        {
            RemoveAcknowledged(index);
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

        _journal?.Count(in entry.Origin, -1);
        _ownerAcknowledged -= entry.IsOwnerAcknowledged ? 1 : 0;
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
