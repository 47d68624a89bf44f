namespace Llumnix.Scheduling.Dispatch;

/// <summary>
/// Deferred requests, with the moment when each was deferred first. An entry leaves when its request is placed, or after a time in
/// which whoever asks has surely given up. Guarded by the scheduler's lock.
/// </summary>
/// <param name="lifetime">How long an entry is kept, in the clock's ticks.</param>
/// <param name="capacity">Above it the oldest entry makes room.</param>
internal sealed class DeferredRequests(long lifetime, int capacity = 1 << 16)
{
    private readonly Dictionary<string, LinkedListNode<Entry>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = new();

    /// <summary>Number of deferred requests.</summary>
    public int Count => _byId.Count;

    /// <summary>When the request was deferred first; null when it is not deferred.</summary>
    public long? SinceOf(string requestId) => _byId.TryGetValue(requestId, out LinkedListNode<Entry>? node) ? node.Value.Since : null;

    /// <summary>The request is deferred. It keeps its first moment.</summary>
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

    /// <summary>The request is placed.</summary>
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
