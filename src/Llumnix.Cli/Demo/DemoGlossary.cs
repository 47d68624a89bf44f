using System.Globalization;

namespace Llumnix.Cli.Demo;

/// <summary>What the words of a demo's report mean.</summary>
internal static class DemoGlossary
{
    /// <summary>The row of requests that were cut off.</summary>
    internal static (string Term, string Meaning) CutOff { get; } =
        ("cut off", string.Create(CultureInfo.InvariantCulture, $"still open {DemoRunner.DrainTime.TotalSeconds:0} s after the last arrival"));

    /// <summary>The row of the imbalance.</summary>
    internal static (string Term, string Meaning) Imbalance(DemoComparison comparison) =>
        ("imbalance", "requests of the busiest engine / mean of all engines"
            + (comparison.HasCrashed ? " without the crashed one, which took requests for a part of the run only" : "")
            + (comparison.HasSlowEngine ? ", above 1 by intention where some are faster" : ""));

    /// <summary>All words of the page.</summary>
    internal static IReadOnlyList<(string Term, string Meaning)> All(DemoComparison comparison) =>
    [
        CutOff,
        Imbalance(comparison),
        ("TTFT", "time to first token, from the moment the request was due"),
        ("TPOT", "time per output token after the first one"),
        ("end to end", "time from the moment the request was due to its last token"),
        ("p50, p90, p99", "median, 90th and 99th percentile"),
    ];
}
