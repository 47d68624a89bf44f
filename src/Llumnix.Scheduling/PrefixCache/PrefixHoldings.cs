using System.Numerics;
using Llumnix.Scheduling.Collections;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// Which instances hold which chunks: a hash table from a chunk to its holdings, and per instance a list of its holdings in order of use. Of a fixed size. Guarded by the
/// scheduler's lock.
/// </summary>
/// <param name="maxChunks">Largest number of holdings.</param>
internal sealed class PrefixHoldings(int maxChunks)
{
    private readonly int[] _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)maxChunks)];
    private readonly PagedPool<Chunk> _chunks = new(maxChunks);
    private readonly PagedPool<Holding> _holdings = new(maxChunks);

    /// <summary>Number of holdings.</summary>
    internal int Count => _holdings.Count;

    /// <summary>Largest number of holdings.</summary>
    internal int Capacity => _holdings.Capacity;

    /// <summary>Whether there is no room for another one.</summary>
    internal bool IsFull => _holdings.IsFull;

    /// <summary>The chunk with an index.</summary>
    internal ref readonly Chunk ChunkAt(int index) => ref _chunks[index];

    /// <summary>The holding with an index.</summary>
    internal ref readonly Holding At(int index) => ref _holdings[index];

    /// <summary>The index of a chunk; 0 when no instance holds it.</summary>
    internal int FindChunk(ulong key)
    {
        int index = BucketOf(key);
        while (index != 0 && _chunks[index].Key != key)
        {
            index = _chunks[index].NextInBucket;
        }

        return index;
    }

    /// <summary>Adds a chunk to those of an instance.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="member">The same.</param>
    /// <param name="parent">Its holding of the chunk before; 0 for the first chunk.</param>
    /// <param name="key">The chunk.</param>
    /// <returns>The holding.</returns>
    internal int Add(int id, PlacedPrefixes member, int parent, ulong key)
    {
        int chunkIndex = FindChunk(key);
        if (chunkIndex == 0)
        {
            chunkIndex = _chunks.Allocate();
            ref int bucket = ref BucketOf(key);
            _chunks[chunkIndex] = new Chunk { Key = key, NextInBucket = bucket };
            bucket = chunkIndex;
        }

        int index = _holdings.Allocate();
        ref Chunk chunk = ref _chunks[chunkIndex];
        _holdings[index] = new Holding { Member = id, Chunk = chunkIndex, Parent = parent, NextOfChunk = chunk.FirstHolding };
        if (chunk.FirstHolding != 0)
        {
            _holdings[chunk.FirstHolding].PreviousOfChunk = index;
        }

        chunk.FirstHolding = index;
        chunk.Holders++;
        LinkAfter(member, parent, index);
        return index;
    }

    /// <summary>Notes that a holding is used.</summary>
    internal void MakeNewest(PlacedPrefixes member, int index)
    {
        Unlink(member, index);
        LinkAfter(member, 0, index);
    }

    /// <summary>Drops a holding, and its chunk with the last one.</summary>
    /// <param name="member">Whose it is.</param>
    /// <param name="index">The holding.</param>
    internal void Remove(PlacedPrefixes member, int index)
    {
        Unlink(member, index);
        Holding holding = _holdings[index];
        ref Chunk chunk = ref _chunks[holding.Chunk];
        if (holding.PreviousOfChunk == 0)
        {
            chunk.FirstHolding = holding.NextOfChunk;
        }
        else
        {
            _holdings[holding.PreviousOfChunk].NextOfChunk = holding.NextOfChunk;
        }

        if (holding.NextOfChunk != 0)
        {
            _holdings[holding.NextOfChunk].PreviousOfChunk = holding.PreviousOfChunk;
        }

        if (--chunk.Holders == 0)
        {
            RemoveChunk(holding.Chunk);
        }

        _holdings.Recycle(index);
    }

    private ref int BucketOf(ulong key) => ref _buckets[key & (ulong)(_buckets.Length - 1)];

    private void RemoveChunk(int index)
    {
        ref int link = ref BucketOf(_chunks[index].Key);
        while (link != index)
        {
            link = ref _chunks[link].NextInBucket;
        }

        link = _chunks[index].NextInBucket;
        _chunks.Recycle(index);
    }

    /// <summary>Puts a holding behind another one, as used a little longer ago; with 0 before all.</summary>
    private void LinkAfter(PlacedPrefixes member, int newer, int index)
    {
        ref Holding holding = ref _holdings[index];
        holding.Newer = newer;
        holding.Older = newer == 0 ? member.Newest : _holdings[newer].Older;
        if (newer == 0)
        {
            member.Newest = index;
        }
        else
        {
            _holdings[newer].Older = index;
        }

        if (holding.Older == 0)
        {
            member.Oldest = index;
        }
        else
        {
            _holdings[holding.Older].Newer = index;
        }

        member.Count++;
    }

    private void Unlink(PlacedPrefixes member, int index)
    {
        Holding holding = _holdings[index];
        if (holding.Newer == 0)
        {
            member.Newest = holding.Older;
        }
        else
        {
            _holdings[holding.Newer].Older = holding.Older;
        }

        if (holding.Older == 0)
        {
            member.Oldest = holding.Newer;
        }
        else
        {
            _holdings[holding.Older].Newer = holding.Newer;
        }

        member.Count--;
    }

    /// <summary>A prefix that ends with a chunk, and the instances that hold it.</summary>
    internal struct Chunk
    {
        internal ulong Key;
        internal int NextInBucket;
        internal int FirstHolding;
        internal int Holders;
    }

    /// <summary>That an instance holds a chunk.</summary>
    internal struct Holding
    {
        internal int Member;
        internal int Chunk;
        internal int Parent;
        internal int Newer;
        internal int Older;
        internal int NextOfChunk;
        internal int PreviousOfChunk;
    }
}
