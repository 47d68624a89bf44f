namespace Llumnix.Cli.Reports;

/// <summary>What engines did over time, in equal intervals. A list has a row for each engine that is shown; it is empty where the value was not observed.</summary>
/// <param name="StepSeconds">Length of an interval.</param>
/// <param name="Engines">Ids of the engines that are shown.</param>
/// <param name="EngineCount">Number of engines, also those that are left out.</param>
internal sealed record EngineTimelines(double StepSeconds, IReadOnlyList<string> Engines, int EngineCount)
{
    /// <summary>Most waiting requests in each interval.</summary>
    public IReadOnlyList<int[]> Waiting { get; init; } = [];

    /// <summary>Most running requests in each interval.</summary>
    public IReadOnlyList<int[]> Running { get; init; } = [];

    /// <summary>Largest use of the KV cache in each interval, percent.</summary>
    public IReadOnlyList<int[]> Kv { get; init; } = [];

    /// <summary>Share of each interval that steps with prefill took, percent.</summary>
    public IReadOnlyList<int[]> Prefill { get; init; } = [];

    /// <summary>Share of each interval that steps without prefill took, percent.</summary>
    public IReadOnlyList<int[]> Decode { get; init; } = [];
}
