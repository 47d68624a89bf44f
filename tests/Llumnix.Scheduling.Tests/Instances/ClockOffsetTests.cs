using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Tests.Instances;

public sealed class ClockOffsetTests
{
    [Fact]
    public void Ms_PlausibleWays_IsZero()
    {
        var offset = new ClockOffset();
        Assert.Equal(0, offset.Ms);
        offset.Observe(300_000, 0); // A leftover of before, then news.
        Assert.Equal(300_000, offset.Ms);
        offset.Observe(40, 500);
        Assert.Equal(0, offset.Ms);
    }

    [Fact]
    public void Ms_ClockMinutesOff_IsTheShortestWay()
    {
        var offset = new ClockOffset();
        offset.Observe(-120_000, 0);
        offset.Observe(-119_500, 500);
        Assert.Equal(-120_000, offset.Ms);
    }

    [Fact]
    public void Ms_ClockCorrected_IsNoticed()
    {
        var offset = new ClockOffset();
        offset.Observe(-120_000, 0);
        offset.Observe(20, 500);
        Assert.Equal(0, offset.Ms);
    }

    /// <summary>Ways of up to a second more than the time between two statuses are ways: nothing tells that a clock was set.</summary>
    [Fact]
    public void Ms_ClockDriftsAhead_IsFollowedInTheEnd()
    {
        var offset = new ClockOffset();
        offset.Observe(-5_000, 0);
        for (int i = 0; i < 130; i++)
        {
            Assert.Equal(i < 128 ? -5_000 : -4_000, offset.Ms);
            offset.Observe(-4_000, 500);
        }
    }
}
