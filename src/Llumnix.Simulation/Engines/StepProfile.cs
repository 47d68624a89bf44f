namespace Llumnix.Simulation.Engines;

/// <summary>
/// The newest profiling sample. It is kept until the next one, since a status may be pushed several steps later; readers recognize a new one by its
/// id.
/// </summary>
internal struct StepProfile()
{
    private int _taken;

    /// <summary>Number of the sample, from 1; -1 = none.</summary>
    public int Id { get; private set; } = -1;

    public TimeSpan Duration { get; private set; }

    public int PrefillTokens { get; private set; }

    public void Record(int prefillTokens, TimeSpan duration, int samples)
    {
        if (prefillTokens == 0)
        {
            return;
        }

        bool sampled = _taken < samples;
        _taken += sampled ? 1 : 0;
        (Id, Duration, PrefillTokens) = sampled ? (_taken, duration, prefillTokens) : (-1, TimeSpan.Zero, 0);
    }
}
