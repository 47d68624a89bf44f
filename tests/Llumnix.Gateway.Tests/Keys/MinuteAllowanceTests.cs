using Llumnix.Gateway.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Keys;

public sealed class MinuteAllowanceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Take_UsedUp_TellsWhenThereIsEnough()
    {
        var allowance = new MinuteAllowance(60, _time);
        Assert.True(allowance.TryTake(60, out TimeSpan none));
        Assert.Equal(TimeSpan.Zero, none);
        Assert.False(allowance.TryTake(2, out TimeSpan wait));
        Assert.Equal(TimeSpan.FromSeconds(2), wait);
        _time.Advance(wait - TimeSpan.FromMilliseconds(1));
        Assert.False(allowance.TryTake(2, out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(allowance.TryTake(2, out _));
    }

    [Fact]
    public void Take_AfterALongPause_IsNoMoreThanAMinutesWorth()
    {
        var allowance = new MinuteAllowance(60, _time);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(allowance.TryTake(60, out _));
        Assert.False(allowance.TryTake(1, out _));
    }

    [Fact]
    public void Take_MoreThanAMinutesWorth_IsGivenToAFullOneAndLeavesADebt()
    {
        var allowance = new MinuteAllowance(60, _time);
        Assert.True(allowance.TryTake(180, out _));
        Assert.False(allowance.TryTake(1, out TimeSpan wait));
        Assert.Equal(TimeSpan.FromSeconds(121), wait);
    }

    [Fact]
    public void Settle_TooLittleOrTooMuchWasTaken_IsPaidOrGivenBack()
    {
        var allowance = new MinuteAllowance(60, _time);
        Assert.True(allowance.TryTake(60, out _));
        allowance.Settle(30);
        Assert.True(allowance.TryTake(30, out _));
        allowance.Settle(-60);
        Assert.False(allowance.TryTake(1, out TimeSpan wait));
        Assert.Equal(TimeSpan.FromSeconds(61), wait);
        allowance.Settle(1_000_000);
        Assert.True(allowance.TryTake(60, out _));
        Assert.False(allowance.TryTake(1, out _));
        allowance.Settle(long.MinValue / 2);
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.True(allowance.TryTake(60, out _));
    }
}
