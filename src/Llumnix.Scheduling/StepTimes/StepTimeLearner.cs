namespace Llumnix.Scheduling.StepTimes;

/// <summary>Collects one engine's profiling samples and fits a model of its step time to the newest ones.</summary>
/// <remarks>Recording is for one thread at a time, outside of decisions; <see cref="Model"/> is for any thread.</remarks>
internal sealed class StepTimeLearner
{
    /// <summary>Number of newest samples in the fit, so that it follows an engine that has changed.</summary>
    private const int Window = 256;

    private readonly int _warmUp;
    private readonly StepSample[] _samples;
    private long _count;
    private int _lastId;
    private volatile StepTimeModel? _model;

    /// <param name="warmUpSamples">Samples before the first fit, at least 1; a number above the window counts as the window.</param>
    public StepTimeLearner(int warmUpSamples)
    {
        _warmUp = Math.Min(warmUpSamples, Window);
        _samples = new StepSample[Window];
    }

    /// <summary>The newest model; null until there are enough samples.</summary>
    public StepTimeModel? Model => _model;

    /// <summary>Records a status's sample if it is new and plausible.</summary>
    /// <param name="profilingId">Number of the sample, ascending; 0 or below when there is none.</param>
    /// <param name="prefillTokens">Prefill tokens of the step; a step without any is ignored.</param>
    /// <param name="durationMs">Duration of the step; ignored unless positive and finite.</param>
    /// <param name="maxTokens">Largest number of tokens in a step.</param>
    public void Record(int profilingId, int prefillTokens, double durationMs, double maxTokens)
    {
        if (profilingId <= 0 || profilingId <= _lastId)
        {
            return;
        }

        _lastId = profilingId;
        if (prefillTokens <= 0 || durationMs is not (> 0 and < double.PositiveInfinity))
        {
            return;
        }

        _samples[_count++ % Window] = new StepSample(prefillTokens, durationMs);
        if (_count >= _warmUp)
        {
            _model = StepTimeModel.Fit(_samples.AsSpan(0, (int)Math.Min(_count, Window)), maxTokens);
        }
    }
}
