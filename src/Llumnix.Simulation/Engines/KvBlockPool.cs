namespace Llumnix.Simulation.Engines;

/// <summary>
/// Counts an engine's KV blocks. A block is private to a sequence, shared through the prefix cache, or free; free space may still hold
/// idle cache entries, which give way to allocations, least recently used first. Invariant: used + free = total, none negative.
/// </summary>
/// <param name="totalBlocks">All blocks.</param>
/// <param name="blocksPerEntry">Blocks that one cache entry takes.</param>
internal sealed class KvBlockPool(int totalBlocks, int blocksPerEntry)
{
    private readonly Dictionary<ulong, PrefixBlock> _cache = [];
    private readonly IdlePrefixBlocks _idle = new();

    public int Total => totalBlocks;

    public int Used { get; private set; }

    public int Free => totalBlocks - Used;

    public int BlocksPerEntry => blocksPerEntry;

    public int CachedEntries => _cache.Count;

    public bool TryAllocate(int blocks)
    {
        if (blocks > Free)
        {
            return false;
        }

        Used += blocks;
        while (_idle.Count * blocksPerEntry > Free)
        {
            Evict(_idle.Oldest!);
        }

        return true;
    }

    /// <summary>Drops all idle entries.</summary>
    public void EvictIdle()
    {
        while (_idle.Oldest is { } oldest)
        {
            Evict(oldest);
        }
    }

    public void Return(int privateBlocks) => Used -= privateBlocks;

    public bool IsCached(ulong contentId) => _cache.ContainsKey(contentId);

    /// <summary>Uses an entry if it is cached.</summary>
    public bool TryAcquire(ulong contentId)
    {
        if (!_cache.TryGetValue(contentId, out PrefixBlock? entry))
        {
            return false;
        }

        Acquire(entry);
        return true;
    }

    /// <summary>Turns private blocks into a cache entry, or gives them back when another sequence made the same entry first.</summary>
    public void Share(ulong contentId)
    {
        Return(blocksPerEntry);
        if (!_cache.TryGetValue(contentId, out PrefixBlock? entry))
        {
            entry = new PrefixBlock(contentId);
            _cache.Add(contentId, entry);
            _idle.Add(entry);
        }

        Acquire(entry);
    }

    /// <summary>Stops using an entry. Callers release a chain from its tail, so that heads outlive tails in the LRU order.</summary>
    public void Release(ulong contentId)
    {
        PrefixBlock entry = _cache[contentId];
        if (--entry.Users == 0)
        {
            Used -= blocksPerEntry;
            _idle.Add(entry);
        }
    }

    private void Acquire(PrefixBlock entry)
    {
        if (entry.Users++ == 0)
        {
            Used += blocksPerEntry;
            _idle.Remove(entry);
        }
    }

    private void Evict(PrefixBlock entry)
    {
        _idle.Remove(entry);
        _cache.Remove(entry.ContentId);
    }
}
