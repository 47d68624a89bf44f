using Llumnix.EngineEmulator.Engines;

namespace Llumnix.EngineEmulator.Tests.Engines;

public sealed class StepClockTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    [Theory]
    [InlineData(14, 20)] // early: the step before is due at 15
    [InlineData(15, 20)]
    [InlineData(17, 20)] // late
    [InlineData(34.9, 20)] // late by nearly 4 steps
    [InlineData(35, 40)] // too late: starts over
    public void Begin_AfterAStep_StartsWhenThatWasDueUnlessFarBehind(double now, double expectedDue)
    {
        var clock = new StepClock();
        Assert.Equal(TimeSpan.FromMilliseconds(15), clock.Begin(TimeSpan.FromMilliseconds(10), Step));

        Assert.Equal(TimeSpan.FromMilliseconds(expectedDue), clock.Begin(TimeSpan.FromMilliseconds(now), Step));
    }

    [Fact]
    public void Begin_AfterIdling_StartsNow()
    {
        var clock = new StepClock();
        clock.Begin(TimeSpan.FromMilliseconds(10), Step);
        clock.Idle();

        Assert.Equal(TimeSpan.FromMilliseconds(22), clock.Begin(TimeSpan.FromMilliseconds(17), Step));
    }
}
