using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Tests.Pipeline;

public sealed class SlotCompactionTests
{
    [Fact]
    public void Keep_OtherMemory_InOrderAndTheSlotsStay()
    {
        int[] slots = [0, 2, 3, 5];
        int[] kept = new int[4];
        Assert.Equal([2, 5], SlotCompaction.Keep(slots, kept, new IsBelow([9, 0, 1, 8, 0, 2], 3)).ToArray());
        Assert.Equal([0, 2, 3, 5], slots);
    }

    [Fact]
    public void Keep_SameMemory_MovesToTheFront()
    {
        int[] slots = [0, 1, 2, 3];
        Assert.Equal([1, 3], SlotCompaction.Keep(slots, slots, new IsBelow([3, 2, 3, 1], 3)).ToArray());
    }

    [Fact]
    public void Keep_NoneOrAll_AreEmptyOrAll()
    {
        Assert.Equal(0, SlotCompaction.Keep([0, 1], new int[2], new IsBelow([1, 1], 1)).Length);
        Assert.Equal([0, 1], SlotCompaction.Keep([0, 1], new int[2], new IsBelow([1, 1], 2)).ToArray());
        Assert.Equal(0, SlotCompaction.Keep([], [], new IsBelow([], 2)).Length);
    }
}
