using Llumnix.Simulation.Comparisons;


namespace Llumnix.Cli.Reports;

/// <summary>What a report shows: contestants that were played at the same rates.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Description">What was played, in one sentence.</param>
/// <param name="Verdicts">Which contestant did best, sentences for each rate; empty where there is nothing to compare.</param>
/// <param name="Contestants">Names of the contestants.</param>
/// <param name="Rates">Rates in requests per second, in the order in which they were played.</param>
internal sealed record ReportDocument(
    string Title, string Description, IReadOnlyList<string> Verdicts, IReadOnlyList<string> Contestants, IReadOnlyList<double> Rates)
{
    /// <summary>Notes for readers.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What was wrong with engines by intention, a sentence each.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>What the words of the tables mean.</summary>
    public IReadOnlyList<(string Term, string Meaning)> Glossary { get; init; } = [];

    /// <summary>Target time to first token, milliseconds; null without targets.</summary>
    public double? TtftTargetMs { get; init; }

    /// <summary>Target time per output token, milliseconds; null without targets.</summary>
    public double? TpotTargetMs { get; init; }

    /// <summary>Share of the requests within their targets, 0 to 1, by contestant, then by rate; NaN where it is not known.</summary>
    public IReadOnlyList<IReadOnlyList<Estimate>> Attainment { get; init; } = [];

    /// <summary>At which rate each contestant first misses what; null where nothing tells.</summary>
    public ReportTable? Limits { get; init; }

    /// <summary>A table of percentiles by contestant for each rate.</summary>
    public IReadOnlyList<ReportTable> Percentiles { get; init; } = [];

    /// <summary>What migrations came to, a table for each rate; null at a rate without any.</summary>
    public IReadOnlyList<ReportTable?> Migrations { get; init; } = [];

    /// <summary>All numbers.</summary>
    public required ReportTable Results { get; init; }

    /// <summary>Distributions and timelines, at most one for each contestant and rate.</summary>
    public IReadOnlyList<ReportRun> Runs { get; init; } = [];
}
