namespace Llumnix.Server.Options;

/// <summary>Predictor-enhanced scheduling: how far prefills have come since an engine's last status.</summary>
public sealed record PredictorOptions
{
    /// <summary>Whether predicted progress is subtracted from the prefill load.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>Tokens per prefill step; must equal the engines' setting. 1 or above.</summary>
    public int MaxBatchedTokens { get; init; } = 65536;

    /// <summary>Samples of an instance before its model is fitted, 1 or above.</summary>
    public int WarmupSamples { get; init; } = 20;
}
