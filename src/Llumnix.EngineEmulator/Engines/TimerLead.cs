namespace Llumnix.EngineEmulator.Engines;

/// <summary>Estimates how late this machine's timers fire, so that waits end on time on average.</summary>
internal struct TimerLead
{
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(4);

    /// <summary>How much to shorten a wait; 0 to 4 ms.</summary>
    public TimeSpan Lead { get; private set; }

    /// <summary>Records how late a wait ended; negative when early. Large deviations are ignored, as timers do not cause them.</summary>
    public void OnWoken(TimeSpan late)
    {
        if (late < Most)
        {
            TimeSpan lead = Lead + (late / 8);
            Lead = lead < TimeSpan.Zero ? TimeSpan.Zero : lead > Most ? Most : lead;
        }
    }
}
