using CsCheck;
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

    /// <summary>Neighbouring slots are tested together, others alone: both keep the same.</summary>
    [Fact]
    public void Keep_AnySlotsAndValues_AreThoseThatMeetTheCondition() => Gen.Int.Sample(
        static seed =>
        {
            var random = new Random(seed);
            double[] values = [.. Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(8) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                2 => 3,
                _ => 6 * random.NextDouble(),
            })];
            int gaps = random.Next(6);
            int[] slots = [.. Enumerable.Range(0, values.Length).Where(_ => random.Next(20) >= gaps)];
            int[] kept = random.Next(2) == 0 ? [.. slots] : new int[slots.Length];
            Assert.Equal(slots.Where(slot => values[slot] < 3), SlotCompaction.Keep(slots, kept, new IsBelow(values, 3)).ToArray());
            kept = [.. slots];
            Assert.Equal(slots.Where(slot => values[slot] >= 3), SlotCompaction.Keep(kept, kept, new IsAtLeast(values, 3)).ToArray());
        },
        iter: 1000);
}
