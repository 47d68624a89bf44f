using Llumnix.Scheduling.AdaptivePd;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

public sealed class PrefillPressureTests
{
    private readonly PrefillPressure _pressure = new(spanMs: 1000);

    [Fact]
    public void Share_NoPrefills_IsZero() => Assert.Equal(0, _pressure.ShareAt(0));

    [Fact]
    public void Share_FirstPrefillIsUnsafe_IsHalf()
    {
        _pressure.Add(5000, isUnsafe: true);
        Assert.Equal(0.5, _pressure.ShareAt(5000));
    }

    [Fact]
    public void Share_OneOfFourIsUnsafe_ComesNearAQuarter()
    {
        for (int i = 0; i < 400; i++)
        {
            _pressure.Add(i, isUnsafe: i % 4 == 0);
        }

        Assert.Equal(0.25, _pressure.ShareAt(399), 0.01);
    }

    [Fact]
    public void Share_SafePrefillsLongAfterUnsafeOnes_ForgetsThem()
    {
        for (int i = 0; i < 100; i++)
        {
            _pressure.Add(0, isUnsafe: true);
        }

        _pressure.Add(10_000, isUnsafe: false);
        Assert.InRange(_pressure.ShareAt(10_000), 0, 0.01);
    }

    /// <summary>One prefill a minute: the one before it is forgotten when the next one asks, not only when it is added.</summary>
    [Fact]
    public void Share_LongAfterAnUnsafePrefill_IsNothingWhenAsked()
    {
        _pressure.Add(0, isUnsafe: true);
        Assert.InRange(_pressure.ShareAt(60_000), 0, 1e-9);
    }

    [Fact]
    public void Share_ClockIsSetBack_StaysAShare()
    {
        _pressure.Add(10_000, isUnsafe: true);
        _pressure.Add(0, isUnsafe: true);
        Assert.Equal(2.0 / 3, _pressure.ShareAt(0), 1e-9);
    }
}
