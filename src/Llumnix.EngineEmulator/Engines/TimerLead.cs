namespace Llumnix.EngineEmulator.Engines;

/// <summary>How much too late this machine's timers fire, so that waits can end on time on average.</summary>
internal struct TimerLead
{
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(4);

    /// <summary>By how much a wait is to be shortened; 0 to 4 ms.</summary>
    public TimeSpan Lead { get; private set; }

    /// <summary>A wait ended so much after the moment that was meant; before it when negative. What is far off is not the timer's doing.</summary>
    public void OnWoken(TimeSpan late)
    {
        if (late < Most)
        {
            TimeSpan lead = Lead + (late / 8);
            Lead = lead < TimeSpan.Zero ? TimeSpan.Zero : lead > Most ? Most : lead;
        }
    }
}
