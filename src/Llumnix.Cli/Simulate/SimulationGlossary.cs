namespace Llumnix.Cli.Simulate;

/// <summary>What the words of a simulation's report mean.</summary>
internal static class SimulationGlossary
{
    /// <summary>All words of the page.</summary>
    internal static IReadOnlyList<(string Term, string Meaning)> All { get; } =
    [
        ("targets met", "share of the requests that completed within both targets"),
        ("TTFT, TPOT", "time to first token from the arrival, and time per output token after the first one, of the requests that have them"),
        ("end to end", "time from arrival to last token, of completed requests"),
        ("no TTFT, no TPOT", "requests that the percentiles leave out: those without a first token, and those with fewer than two tokens"),
        ("refused", "the scheduler found no place, or held the request back for longer than the gateway asked"),
        ("lost", "an engine refused the request or crashed under it, or the request was cut off: still open when the run ended"),
        ("not completed", "refused or lost"),
        ("preempted", "times that a request lost its KV cache to others and was computed again"),
        ("migrated", "requests that moved to another engine"),
        ("imbalance", "computing time of the busiest engine / mean of all engines, one that crashed among them with what it computed"),
    ];
}
