namespace Llumnix.Simulation.Engines;

/// <summary>Allocates blocks of the pool to sequences and manages their shared prefixes.</summary>
internal sealed class SequenceBlocks(KvBlockPool pool, int blockSize)
{
    /// <summary>Allocates blocks for the sequence's first <paramref name="tokens"/> tokens.</summary>
    /// <returns>False, and no change, when there are too few free blocks.</returns>
    public bool TryGrow(Sequence sequence, int tokens)
    {
        int missing = Math.Max(0, BlocksFor(tokens) - sequence.Blocks);
        if (!pool.TryAllocate(missing))
        {
            return false;
        }

        sequence.Blocks += missing;
        return true;
    }

    /// <summary>Frees all of the sequence's blocks; shared ones stay cached.</summary>
    public void Release(Sequence sequence)
    {
        pool.Return(sequence.Blocks - (sequence.SharedPrefixBlocks * pool.BlocksPerEntry));
        ReadOnlySpan<ulong> ids = sequence.ContentIds.Span;
        for (int i = sequence.SharedPrefixBlocks - 1; i >= 0; i--)
        {
            pool.Release(ids[i]);
        }

        sequence.Blocks = sequence.SharedPrefixBlocks = sequence.Computed = 0;
    }

    /// <summary>Updates a waiting sequence's count of cached prefix blocks.</summary>
    /// <returns>The tokens of that prefix. At least one token is always left to compute.</returns>
    public int FindCachedPrefix(Sequence sequence)
    {
        ReadOnlySpan<ulong> ids = sequence.ContentIds.Span;
        int entryTokens = pool.BlocksPerEntry * blockSize;
        int most = Math.Min(ids.Length, (sequence.Tokens - 1) / entryTokens);

        // The last count is nearly always still right, since chains lose their tails first.
        int cached = Math.Min(sequence.CachedPrefixBlocks, most);
        while (cached > 0 && !pool.IsCached(ids[cached - 1]))
        {
            cached--;
        }

        while (cached < most && pool.IsCached(ids[cached]))
        {
            cached++;
        }

        sequence.CachedPrefixBlocks = cached;
        return cached * entryTokens;
    }

    /// <summary>Gives a sequence without blocks its cached prefix, as far as it is present.</summary>
    public void AcquireCachedPrefix(Sequence sequence)
    {
        ReadOnlySpan<ulong> ids = sequence.ContentIds.Span[..sequence.CachedPrefixBlocks];
        int acquired = 0;
        while (acquired < ids.Length && pool.TryAcquire(ids[acquired]))
        {
            acquired++;
        }

        sequence.SharedPrefixBlocks = acquired;
        sequence.Blocks = acquired * pool.BlocksPerEntry;
        sequence.Computed = sequence.Blocks * blockSize;
    }

    /// <summary>
    /// Whether growing to so many tokens can succeed under the assumption that all of the cached prefix is in use already: a cheap check before
    /// trying.
    /// </summary>
    public bool MayFit(Sequence sequence, int tokens) =>
        BlocksFor(tokens) - (sequence.CachedPrefixBlocks * pool.BlocksPerEntry) <= pool.Free;

    /// <summary>Puts the prefix blocks that have been computed into the cache.</summary>
    public void ShareComputedPrefix(Sequence sequence)
    {
        ReadOnlySpan<ulong> ids = sequence.ContentIds.Span;
        int complete = Math.Min(ids.Length, sequence.Computed / (pool.BlocksPerEntry * blockSize));
        for (int i = sequence.SharedPrefixBlocks; i < complete; i++)
        {
            pool.Share(ids[i]);
        }

        sequence.SharedPrefixBlocks = Math.Max(sequence.SharedPrefixBlocks, complete);
    }

    /// <summary>Moves all blocks of one sequence to another.</summary>
    public static void Move(Sequence from, Sequence to)
    {
        (to.ContentIds, to.Blocks, to.SharedPrefixBlocks) = (from.ContentIds, from.Blocks, from.SharedPrefixBlocks);
        from.Blocks = from.SharedPrefixBlocks = 0;
    }

    public int BlocksFor(int tokens) => (int)(((long)tokens + blockSize - 1) / blockSize);
}
