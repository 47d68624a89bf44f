namespace Llumnix.Scheduling.Calibration;

/// <summary>Instances that are expected to be equally fast, and what is known of the errors of their predictions. Guarded by the scheduler's lock.</summary>
/// <param name="name">Its name in metrics and logs.</param>
/// <param name="options">The options.</param>
internal sealed class LatencyClass(string name, CalibrationOptions options)
{
    private const double DefaultConfidence = 0.9;
    private const int Window = 256;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>The ratio of the prefill part of steps over all instances.</summary>
    public RatioEstimator Prefill { get; } = new(Window);

    /// <summary>The ratio of decode steps over all instances.</summary>
    public RatioEstimator Decode { get; } = new(Window);

    /// <summary>The form of decode steps over all instances.</summary>
    public StepTimeFit DecodeFit { get; } = new();

    /// <summary>The errors of predicted times to first token.</summary>
    public LatencyErrors Ttft { get; } = new(options.TtftTargetMs, options.Confidence ?? DefaultConfidence, options.InitialTtftShare);

    /// <summary>The errors of predicted times per output token.</summary>
    public LatencyErrors Tpot { get; } = new(options.TpotTargetMs, options.Confidence ?? DefaultConfidence, options.InitialTpotShare);
}
