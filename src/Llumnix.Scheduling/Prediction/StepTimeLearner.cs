using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Prediction;

/// <summary>Collects one engine's profiling samples and keeps a model of its step time fitted to the newest of them.</summary>
/// <remarks>Recording is for one thread at a time, away from decisions; <see cref="Model"/> may be read by any.</remarks>
internal sealed class StepTimeLearner
{
    /// <summary>The fit follows this many newest samples: an engine that has changed is not judged by its past for ever.</summary>
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

    /// <summary>The newest fit; null until there are enough samples.</summary>
    public StepTimeModel? Model => _model;

    /// <summary>Takes a status's sample if it is a new and possible one.</summary>
    public void Record(InstanceStatus status, double maxTokens)
    {
        if (status.ProfilingId <= 0 || status.ProfilingId <= _lastId)
        {
            return;
        }

        _lastId = status.ProfilingId;
        if (status.ScheduledPrefillTokens <= 0 || status.StepDurationMs is not (> 0 and < double.PositiveInfinity))
        {
            return;
        }

        _samples[_count++ % Window] = new StepSample(status.ScheduledPrefillTokens, status.StepDurationMs);
        if (_count >= _warmUp)
        {
            _model = StepTimeModel.Fit(_samples.AsSpan(0, (int)Math.Min(_count, Window)), maxTokens);
        }
    }
}
