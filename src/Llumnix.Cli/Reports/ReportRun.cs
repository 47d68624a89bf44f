namespace Llumnix.Cli.Reports;

/// <summary>What the charts show of one contestant at one rate.</summary>
/// <param name="Contestant">Index of the contestant.</param>
/// <param name="Rate">Index of the rate.</param>
internal sealed record ReportRun(int Contestant, int Rate)
{
    /// <summary>Distribution of the times to first token.</summary>
    public LatencyDistribution? Ttft { get; init; }

    /// <summary>Distribution of the times per output token.</summary>
    public LatencyDistribution? Tpot { get; init; }

    /// <summary>Distribution of the times from arrival to last token.</summary>
    public LatencyDistribution? EndToEnd { get; init; }

    /// <summary>90th percentile of the time to first token by time of arrival, milliseconds, in equal intervals; null in an interval without any.</summary>
    public IReadOnlyList<double?> TtftByArrival { get; init; } = [];

    /// <summary>Length of an interval of <see cref="TtftByArrival"/>, seconds.</summary>
    public double ArrivalStepSeconds { get; init; }

    /// <summary>What the engines did; null where it was not observed.</summary>
    public EngineTimelines? Timelines { get; init; }

    /// <summary>When requests moved, in seconds, with the indices of the engines; an index is -1 where it is not known.</summary>
    public IReadOnlyList<(double Seconds, int Source, int Destination)> Migrations { get; init; } = [];

    /// <summary>Number of migrations, also those that are left out.</summary>
    public int MigrationCount { get; init; }
}
