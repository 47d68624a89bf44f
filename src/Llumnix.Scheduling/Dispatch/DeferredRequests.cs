namespace Llumnix.Scheduling.Dispatch;

/// <summary>
/// Deferred requests with the time of their first deferral. An entry is removed when its request is placed, or after a lifetime that is longer than
/// any gateway asks again. Guarded by the scheduler's lock.
/// </summary>
/// <param name="lifetime">How long an entry is kept, in ticks of timestamps.</param>
/// <param name="capacity">Largest number of entries; a further one replaces the oldest.</param>
internal sealed class DeferredRequests(long lifetime, int capacity = 1 << 16)
{
    private readonly Dictionary<string, LinkedListNode<Entry>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = new();

    /// <summary>Number of deferred requests.</summary>
    public int Count => _byId.Count;

    /// <summary>Timestamp of the request's first deferral; null when it is not deferred.</summary>
    public long? SinceOf(string requestId) => _byId.TryGetValue(requestId, out LinkedListNode<Entry>? node) ? node.Value.Since : null;

    /// <summary>Adds a deferred request; one that is there already keeps its time.</summary>
    public void Add(string requestId, long now)
    {
        if (_byId.ContainsKey(requestId))
        {
            return;
        }

        if (Count >= capacity)
        {
            Remove(_byAge.First!.Value.RequestId);
        }

        _byId.Add(requestId, _byAge.AddLast(new Entry(requestId, now)));
    }

    /// <summary>Removes a request that is placed.</summary>
    public void Remove(string requestId)
    {
        if (_byId.Remove(requestId, out LinkedListNode<Entry>? node))
        {
            _byAge.Remove(node);
        }
    }

    /// <summary>Drops the entries that are older than their lifetime.</summary>
    public void Expire(long now)
    {
        while (_byAge.First is { } oldest && now - oldest.Value.Since > lifetime)
        {
            Remove(oldest.Value.RequestId);
        }
    }

    private readonly record struct Entry(string RequestId, long Since);
}
