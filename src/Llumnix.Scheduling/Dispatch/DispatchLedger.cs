using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>
/// Counts what has been sent and the engines have not yet reported. Between a placement and the engine's first status that knows the
/// request, its load is in <see cref="FullModeInstance.Dispatched"/>; an acknowledged, released or expired entry has left it.
/// </summary>
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
    private IndexList _age;

    /// <param name="onLoadChanged">Called after an instance's sums changed.</param>
    /// <param name="maxEntries">Above it the oldest entry makes room.</param>
    internal DispatchLedger(Action<FullModeInstance> onLoadChanged, int maxEntries = 1 << 20)
    {
        _onLoadChanged = onLoadChanged;
        _maxEntries = maxEntries;
    }

    /// <summary>Number of entries in flight.</summary>
    internal int Count => _entries.Count;

    /// <summary>Entries that were dropped because no status ever named them.</summary>
    internal long ExpiredTotal { get; private set; }

    /// <summary>Adds a placement; one of the same request in the same role makes way for it, wherever it was.</summary>
    internal void Add(string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now)
    {
        RemoveRole(requestId, role);
        if (Count >= _maxEntries)
        {
            Expire(_age.First);
        }

        int index = _entries.Allocate();
        ref LedgerEntry entry = ref _entries[index];
        entry.RequestId = requestId;
        entry.Instance = instance;
        entry.Role = role;
        entry.Tokens = tokens;
        entry.UncomputedTokens = uncomputedTokens;
        entry.AddedAt = now;
        instance.Dispatched = Plus(instance.Dispatched, in entry, +1, IsOnInstance(requestId, instance) ? 0 : 1);
        _byRequest.Add(requestId, index);
        _byInstance.AddLast(ref instance.LedgerEntries, index);
        _byAge.AddLast(ref _age, index);
        _onLoadChanged(instance);
    }

    /// <summary>Removes a request's entries on the instance behind an endpoint. Unknown ones change nothing.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="ip">The instance's address.</param>
    /// <param name="port">The instance's API port.</param>
    /// <param name="role">Only the entry in this role; null for any.</param>
    internal void Release(string requestId, string ip, int port, InferType? role)
    {
        int index = _byRequest.First(requestId);
        while (index != 0)
        {
            ref LedgerEntry entry = ref _entries[index];
            int next = _byRequest.Next(index);
            InstanceMetadata metadata = entry.Instance.Metadata;
            if ((role is null || entry.Role == role) && metadata.ApiServerPort == port && metadata.Ip == ip)
            {
                Remove(index);
            }

            index = next;
        }
    }

    /// <summary>The instance's status names these engine requests: those in flight to it are acknowledged and leave the sums.</summary>
    internal void Acknowledge(FullModeInstance instance, IReadOnlyList<string> engineRequestIds)
    {
        for (int i = 0; i < engineRequestIds.Count && !instance.LedgerEntries.IsEmpty; i++)
        {
            foreach (ReadOnlySpan<char> form in new EngineRequestIdForms(engineRequestIds[i]))
            {
                if (_byRequest.First(form) is not 0 and int first)
                {
                    RemoveOnInstance(first, instance);
                    break;
                }
            }
        }
    }

    /// <summary>Drops the entries that were added at or before a moment.</summary>
    internal void ExpireUntil(long moment)
    {
        while (!_age.IsEmpty && _entries[_age.First].AddedAt <= moment)
        {
            Expire(_age.First);
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

    private void RemoveOnInstance(int index, FullModeInstance instance)
    {
        while (index != 0)
        {
            int next = _byRequest.Next(index);
            if (_entries[index].Instance == instance)
            {
                Remove(index);
            }

            index = next;
        }
    }

    private void Remove(int index)
    {
        ref LedgerEntry entry = ref _entries[index];
        FullModeInstance instance = entry.Instance;
        _byRequest.Remove(entry.RequestId, index);
        _byInstance.Remove(ref instance.LedgerEntries, index);
        _byAge.Remove(ref _age, index);
        instance.Dispatched = Plus(instance.Dispatched, in entry, -1, IsOnInstance(entry.RequestId, instance) ? 0 : -1);
        _entries.Recycle(index);
        _onLoadChanged(instance);
    }

    private bool IsOnInstance(string requestId, FullModeInstance instance)
    {
        for (int index = _byRequest.First(requestId); index != 0; index = _byRequest.Next(index))
        {
            if (_entries[index].Instance == instance)
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
