using Llumnix.EngineEmulator.Engines;

namespace Llumnix.EngineEmulator.Tests.Engines;

public sealed class TimerLeadTests
{
    /// <summary>A timer that is 1.5 ms late, whatever it is asked for.</summary>
    [Fact]
    public void Lead_TimerIsAlwaysLate_ComesToThat()
    {
        var lead = new TimerLead();
        for (int i = 0; i < 100; i++)
        {
            lead.OnWoken(TimeSpan.FromMilliseconds(1.5) - lead.Lead);
        }

        Assert.Equal(1.5, lead.Lead.TotalMilliseconds, 0.001);
    }

    [Fact]
    public void Lead_OnTimeOrFarOff_IsZero()
    {
        var lead = new TimerLead();
        lead.OnWoken(TimeSpan.Zero);
        lead.OnWoken(TimeSpan.FromMilliseconds(-2));
        lead.OnWoken(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, lead.Lead);
    }
}
