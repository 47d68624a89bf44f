namespace Llumnix.Scheduling.StepTimes;

/// <summary>Predictor-enhanced scheduling: how far prefills have come since an engine's last status.</summary>
public sealed record PrefillProgressOptions
{
    /// <summary>Whether predicted progress is subtracted from the prefill load: <c>--enable-predictor-enhanced-scheduling</c>.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>Largest number of tokens in an engine's step where the engine does not tell it, at least 1: <c>--max-num-batched-tokens</c>.</summary>
    public int MaxBatchedTokens { get; init; } = 65536;

    /// <summary>Samples of an instance before its model is fitted, at least 1: <c>--num-predictor-warmup-samples</c>.</summary>
    public int WarmupSamples { get; init; } = 20;
}
