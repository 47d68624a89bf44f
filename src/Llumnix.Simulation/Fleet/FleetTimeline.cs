namespace Llumnix.Simulation.Fleet;

/// <summary>Samples of all engines by time, at most 1,024.</summary>
/// <param name="engines">The engines.</param>
/// <param name="interval">Time between two samples at first; doubled whenever there are too many.</param>
internal sealed class FleetTimeline(SimulatedEngine[] engines, TimeSpan interval)
{
    private const int MaxSamples = 1024;
    private readonly List<EngineSample[]> _samples = [];
    private TimeSpan _last;

    /// <summary>Time between two samples now.</summary>
    public TimeSpan Interval { get; private set; } = interval;

    /// <summary>The samples so far.</summary>
    public IReadOnlyList<EngineSample[]> Samples => _samples;

    /// <summary>Takes a sample of all engines.</summary>
    public void Sample(TimeSpan now)
    {
        TimeSpan length = now - _last;
        _last = now;
        _samples.Add([.. engines.Select(engine => SampleOf(engine, length))]);
        if (_samples.Count > MaxSamples)
        {
            Thin();
        }
    }

    private static EngineSample SampleOf(SimulatedEngine engine, TimeSpan length)
    {
        float prefill = (float)((engine.BusyWithPrefill - engine.SampledPrefill) / length);
        float busy = (float)((engine.Busy - engine.SampledBusy) / length);
        (engine.SampledBusy, engine.SampledPrefill) = (engine.Busy, engine.BusyWithPrefill);
        return new EngineSample(
            prefill, busy - prefill, engine.Model.RunningCount, engine.Model.WaitingCount, (float)engine.Model.UsedBlocks / engine.Model.TotalBlocks);
    }

    /// <summary>Keeps every other sample, and doubles the interval from now on.</summary>
    private void Thin()
    {
        for (int i = 0; i < _samples.Count / 2; i++)
        {
            _samples[i] = _samples[(2 * i) + 1];
        }

        _samples.RemoveRange(_samples.Count / 2, _samples.Count - (_samples.Count / 2));
        Interval *= 2;
    }
}
