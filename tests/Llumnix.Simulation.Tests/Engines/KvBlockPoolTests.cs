using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class KvBlockPoolTests
{
    [Fact]
    public void TryAllocate_MoreThanFree_ChangesNothing()
    {
        var pool = new KvBlockPool(totalBlocks: 4, blocksPerEntry: 1);

        Assert.True(pool.TryAllocate(3));
        Assert.False(pool.TryAllocate(2));
        Assert.Equal((3, 1), (pool.Used, pool.Free));
    }

    [Fact]
    public void Release_LastUser_LeavesTheEntryIdleInFreeSpace()
    {
        var pool = new KvBlockPool(totalBlocks: 4, blocksPerEntry: 2);
        pool.TryAllocate(2);
        pool.Share(7);
        Assert.True(pool.TryAcquire(7));
        pool.Release(7);
        Assert.Equal(2, pool.Used);
        pool.Release(7);

        Assert.Equal((0, 1), (pool.Used, pool.CachedEntries));
        Assert.True(pool.IsCached(7));
    }

    [Fact]
    public void TryAllocate_IdleEntriesInTheWay_EvictsOldestFirstAndNoMoreThanNeeded()
    {
        var pool = new KvBlockPool(totalBlocks: 3, blocksPerEntry: 1);
        foreach (ulong id in new ulong[] { 1, 2, 3 })
        {
            pool.TryAllocate(1);
            pool.Share(id);
            pool.Release(id);
        }

        Assert.True(pool.TryAcquire(1));
        Assert.True(pool.TryAllocate(1));
        Assert.Equal((true, false, true), (pool.IsCached(1), pool.IsCached(2), pool.IsCached(3)));
        Assert.False(pool.TryAllocate(2));
        Assert.True(pool.TryAllocate(1));
        Assert.False(pool.IsCached(3));
    }
}
