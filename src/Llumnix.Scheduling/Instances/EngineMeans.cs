namespace Llumnix.Scheduling.Instances;

/// <summary>Running means over the readings of one engine's metrics. Not thread-safe.</summary>
public sealed class EngineMeans
{
    /// <summary>Weight of the newest sample.</summary>
    private const double NewestWeight = 0.2;

    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);
    private double _stepSeconds;
    private (long? Steps, double? PromptSum, long? PromptCount) _last;

    /// <summary>Mean duration of a step while the engine is busy, at most 1 s; 0 while it is unknown.</summary>
    public TimeSpan Step => TimeSpan.FromSeconds(Math.Min(_stepSeconds, LongestStep.TotalSeconds));

    /// <summary>Mean prompt length of recent requests, in tokens; null while it is unknown.</summary>
    public double? PromptTokens { get; private set; }

    /// <summary>Takes the count of steps; an engine that made few steps in a long time was idle.</summary>
    /// <param name="steps">Steps since the engine's start; null when it does not tell.</param>
    /// <param name="isBusy">Whether requests run.</param>
    /// <param name="secondsSinceLast">Time since the reading before; 0 for the first one.</param>
    public void LearnStep(long? steps, bool isBusy, double secondsSinceLast)
    {
        if (steps - _last.Steps is { } made and > 0 && isBusy && secondsSinceLast > 0)
        {
            double seconds = secondsSinceLast / made;
            _stepSeconds = _stepSeconds == 0 ? seconds : _stepSeconds + (NewestWeight * (seconds - _stepSeconds));
        }

        _last.Steps = steps;
    }

    /// <summary>Takes the prompts of finished requests.</summary>
    /// <param name="sum">Their tokens since the engine's start; null when it does not tell.</param>
    /// <param name="count">Their number; null when it does not tell.</param>
    public void LearnPrompts(double? sum, long? count)
    {
        if (sum - _last.PromptSum is { } tokens and >= 0 && count - _last.PromptCount is { } requests and > 0)
        {
            double mean = tokens / requests;
            PromptTokens = PromptTokens is { } known ? known + (NewestWeight * (mean - known)) : mean;
        }
        else if (PromptTokens is null && count > 0)
        {
            PromptTokens = sum / count;
        }

        (_last.PromptSum, _last.PromptCount) = (sum, count);
    }
}
