namespace Llumnix.Adapters.EngineSignals;

/// <summary>The options of an <see cref="EngineScraper"/>.</summary>
public sealed record EngineScraperOptions
{
    /// <summary>Time between two reads of an engine, above 0. The timeout is twice that, at most 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest time between two reads of an engine whose reads fail, give or take a tenth; at least <see cref="Interval"/> counts.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest number of engines, at least 1.</summary>
    public int MaxEngines { get; init; } = 4096;

    /// <summary>Largest answer in bytes, at least 1.</summary>
    public int MaxAnswerBytes { get; init; } = 4 << 20;

    /// <summary>PEM file of the authorities trusted for https engines; empty for the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>File of the API key that engines ask for, read again when it changes; empty: they ask for none.</summary>
    public string ApiKeyFile { get; init; } = "";

    /// <summary>Whether another log tells which engines cannot be reached, so that the reader's line of it is for debugging only.</summary>
    public bool IsFleetWatched { get; init; }

    /// <summary>Seed of the jitter.</summary>
    public int Seed { get; init; } = 1;

    internal TimeSpan Timeout => 2 * Interval < TimeSpan.FromSeconds(1) ? 2 * Interval : TimeSpan.FromSeconds(1);
}
