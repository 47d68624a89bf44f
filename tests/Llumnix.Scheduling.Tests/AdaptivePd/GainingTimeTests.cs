using Llumnix.Scheduling.AdaptivePd;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

public sealed class GainingTimeTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(500, 500)]
    [InlineData(6001, 6000)]
    public void At_TimePasses_CountsSixSeconds(double afterMs, double expected) => Assert.Equal(expected, At(1000).At(1000 + afterMs));

    [Fact]
    public void Lose_AfterLong_IsTakenFromSixSeconds()
    {
        var gain = At(1000);
        gain.Lose(21_000, 2000);
        Assert.Equal(4000, gain.At(21_000));
        gain.Lose(21_000, double.PositiveInfinity);
        Assert.Equal(-6000, gain.At(21_000));
        Assert.Equal(-1000, gain.At(26_000));
    }

    [Fact]
    public void Join_GainIsLostAndDebtStays()
    {
        var gain = At(1000);
        gain.Join(3000);
        Assert.Equal(0, gain.At(3000));
        gain.Lose(3000, 500);
        gain.Join(3100);
        Assert.Equal(-400, gain.At(3100));
    }

    /// <summary>By a little it could be a debt; by more than debts are it is the clock.</summary>
    [Theory]
    [InlineData(-6000, -6000)]
    [InlineData(-6001, 0)]
    [InlineData(-3_600_000, 0)]
    public void At_ClockWasSetBack_NothingIsOwed(double byMs, double expected) => Assert.Equal(expected, At(10_000_000).At(10_000_000 + byMs));

    private static GainingTime At(double nowMs) => new(nowMs, longestMs: 6000);
}
