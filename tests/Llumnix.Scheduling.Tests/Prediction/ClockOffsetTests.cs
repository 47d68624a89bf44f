using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Tests.Prediction;

public sealed class ClockOffsetTests
{
    [Fact]
    public void Ms_PlausibleWays_IsZero()
    {
        var offset = new ClockOffset();
        Assert.Equal(0, offset.Ms);
        offset.Observe(300_000); // A leftover of before, then news.
        Assert.Equal(300_000, offset.Ms);
        offset.Observe(40);
        Assert.Equal(0, offset.Ms);
    }

    [Fact]
    public void Ms_ClockMinutesOff_IsTheShortestWay()
    {
        var offset = new ClockOffset();
        offset.Observe(-120_000);
        offset.Observe(-119_500);
        Assert.Equal(-120_000, offset.Ms);
    }

    [Fact]
    public void Ms_ClockCorrected_IsNoticed()
    {
        var offset = new ClockOffset();
        offset.Observe(-120_000);
        for (int i = 0; i < 130; i++)
        {
            offset.Observe(20);
        }

        Assert.Equal(0, offset.Ms);
    }
}
