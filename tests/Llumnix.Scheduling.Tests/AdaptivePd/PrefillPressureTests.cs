using Llumnix.Scheduling.AdaptivePd;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

public sealed class PrefillPressureTests
{
    private readonly PrefillPressure _pressure = new(spanMs: 1000);

    [Fact]
    public void Share_NoPrefills_IsZero() => Assert.Equal(0, _pressure.Share);

    [Fact]
    public void Share_FirstPrefillIsUnsafe_IsHalf()
    {
        _pressure.Add(5000, isUnsafe: true);
        Assert.Equal(0.5, _pressure.Share);
    }

    [Fact]
    public void Share_OneOfFourIsUnsafe_ComesNearAQuarter()
    {
        for (int i = 0; i < 400; i++)
        {
            _pressure.Add(i, isUnsafe: i % 4 == 0);
        }

        Assert.Equal(0.25, _pressure.Share, 0.01);
    }

    [Fact]
    public void Share_SafePrefillsLongAfterUnsafeOnes_ForgetsThem()
    {
        for (int i = 0; i < 100; i++)
        {
            _pressure.Add(0, isUnsafe: true);
        }

        _pressure.Add(10_000, isUnsafe: false);
        Assert.InRange(_pressure.Share, 0, 0.01);
    }

    [Fact]
    public void Share_ClockIsSetBack_StaysAShare()
    {
        _pressure.Add(10_000, isUnsafe: true);
        _pressure.Add(0, isUnsafe: true);
        Assert.Equal(2.0 / 3, _pressure.Share, 1e-9);
    }
}
