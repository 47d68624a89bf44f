using Llumnix.Adapters.Listeners;

namespace Llumnix.Adapters.Tests.Listeners;

public sealed class BodyMemoryTests
{
    [Fact]
    public void TryGrowTo_LargeBodies_LeaveAQuarterToSmallOnes()
    {
        var memory = new BodyMemory(1_000_000);
        using var large = new BodyShare(memory);
        Assert.True(large.TryGrowTo(750_000));
        Assert.False(large.TryGrowTo(750_001));
        using var second = new BodyShare(memory);
        Assert.False(second.TryGrowTo(20_000));
        using var small = new BodyShare(memory);
        Assert.True(small.TryGrowTo(16_000));
        Assert.Equal(766_000, memory.Taken);
    }

    [Fact]
    public void Dispose_Share_GivesBackWhatItHas()
    {
        var memory = new BodyMemory(1_000_000);
        using (var share = new BodyShare(memory))
        {
            share.TryGrowTo(100);
            share.TryGrowTo(500_000);
            share.TryGrowTo(400_000);
            share.TryGrowTo(2_000_000);
            Assert.Equal(500_000, memory.Taken);
        }

        Assert.Equal(0, memory.Taken);
    }
}
