using System.Globalization;
using System.Text;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks;

/// <summary>Tells results as lines for the reader, and as a Markdown table for the notes.</summary>
internal static class AttackTable
{
    /// <summary>A result in a few lines.</summary>
    internal static string Lines(AttackResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
              {result.Program}: {result.End}; memory {Memory(result)} MiB (before / peak / after); log lines: {Log(result)}
                good clients, p50 / p99 / max ms: before {result.Before.Latencies}; during {result.During.Latencies}; failed: {Failures(result)}
                the attacker was answered: {result.Answers}
            """);

    /// <summary>The table, a row per attack and program.</summary>
    internal static string Markdown(IEnumerable<AttackResult> results)
    {
        var table = new StringBuilder()
            .Append("| attack | program | process | memory before / peak / after, MiB | good clients before: p50 / p99 / max, ms ")
            .AppendLine("| during the attack | good requests that failed | log lines | attacker's answers |")
            .AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (AttackResult result in results)
        {
            table.AppendLine(
                $"| {result.Attack} | {result.Program} | {result.End} | {Memory(result)} | {result.Before.Latencies} | {result.During.Latencies} "
                + $"| {Failures(result)} | {Log(result)} | {result.Answers} |");
        }

        return table.ToString();
    }

    /// <summary>What was not withstood, or that everything was.</summary>
    internal static string Verdict(IReadOnlyList<AttackResult> results)
    {
        AttackResult[] faulty = [.. results.Where(static result => result.Faults.Count > 0)];
        return faulty.Length == 0
            ? $"all {results.Count} withstood"
            : string.Join(
                Environment.NewLine,
                faulty.Select(static result => $"  {result.Attack} ({result.Program}): {string.Join(", ", result.Faults)}")
                    .Prepend($"{faulty.Length} of {results.Count} not withstood:"));
    }

    private static string Memory(AttackResult result) => $"{result.MemoryMiB.Before} / {result.MemoryMiB.Peak} / {result.MemoryMiB.After}";

    private static string Log(AttackResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.LogLines:N0} ({(result.LogBytes < 1_000_000 ? $"{result.LogBytes / 1000.0:F0} kB" : $"{result.LogBytes / 1e6:F1} MB")})");

    private static string Failures(AttackResult result)
    {
        string before = result.Before.Failed == 0 ? "" : $"{result.Before.Failures} before; ";
        string after = result.After.Failed == 0 ? "" : $"; {result.After.Failures} afterwards";
        return $"{before}{result.During.Failures}{after}";
    }
}
