using System.Globalization;
using System.Text;
using Llumnix.Cli.Load;
using Llumnix.Cli.Reports;

namespace Llumnix.Cli.Demo;

/// <summary>The demo's final report: the numbers of the policy and of the baseline side by side, how they differ, and a verdict.</summary>
internal static class DemoReport
{
    private const int LabelWidth = 24;
    private const int ValueWidth = 12;
    private const int ChangeWidth = 8;

    private static readonly DemoReportRow[] Rows =
    [
        DemoReportRow.Count("requests", static run => run.Load.Sent),
        DemoReportRow.Count("failed", static run => run.Load.Failed),
        DemoReportRow.Count("cut off", static run => run.Load.CutOff),
        DemoReportRow.Number("requests/s", static run => run.Load.RequestsPerSecond),
        DemoReportRow.Number("output tokens/s", static run => run.Load.TokensPerSecond),
        DemoReportRow.Latency("TTFT mean (ms)", static run => run.Ttft, static part => part.Ttft, static ttft => ttft.Mean),
        DemoReportRow.Latency("TTFT p50 (ms)", static run => run.Ttft, static part => part.Ttft, static ttft => ttft.P50),
        DemoReportRow.Latency("TTFT p90 (ms)", static run => run.Ttft, static part => part.Ttft, static ttft => ttft.P90),
        DemoReportRow.Latency("TTFT p99 (ms)", static run => run.Ttft, static part => part.Ttft, static ttft => ttft.P99),
        DemoReportRow.Latency("TPOT mean (ms)", static run => run.Tpot, static part => part.Tpot, static tpot => tpot.Mean),
        DemoReportRow.Latency("TPOT p50 (ms)", static run => run.Tpot, static part => part.Tpot, static tpot => tpot.P50),
        DemoReportRow.Latency("TPOT p99 (ms)", static run => run.Tpot, static part => part.Tpot, static tpot => tpot.P99),
        DemoReportRow.Latency("end to end p50 (ms)", static run => run.EndToEnd, static part => part.EndToEnd, static whole => whole.P50),
        DemoReportRow.Latency("end to end p99 (ms)", static run => run.EndToEnd, static part => part.EndToEnd, static whole => whole.P99),
        DemoReportRow.Count("imbalance", static run => run.Imbalance, "0.00"),
    ];

    /// <summary>The numbers as a table, without the shares.</summary>
    internal static ReportTable Table(DemoComparison comparison) => comparison.Baseline is { } baseline
        ? new ReportTable(
            $"All numbers; {Legend(comparison)}.",
            ["", comparison.PolicyName, comparison.BaselineName, "+/-"],
            [.. Rows.Select(row => (string[])[row.Label, row.Value(comparison.Policy), row.Value(baseline), row.Change(comparison.Policy, baseline)])])
        : new ReportTable("All numbers.", ["", comparison.PolicyName], [.. Rows.Select(row => (string[])[row.Label, row.Value(comparison.Policy)])]);

    /// <summary>Writes the report.</summary>
    internal static string Format(DemoComparison comparison)
    {
        var text = new StringBuilder();
        int width = Math.Max(ValueWidth, comparison.PolicyName.Length);
        DemoRun? baseline = comparison.Baseline;
        AppendRow(text, width, "", comparison.PolicyName, baseline is null ? null : (comparison.BaselineName, "+/-"));
        foreach (DemoReportRow row in Rows)
        {
            AppendRow(text, width, row.Label, row.Value(comparison.Policy), baseline is null ? null : (row.Value(baseline), row.Change(comparison.Policy, baseline)));
        }

        AppendShare(text, width, "targets met (%)", comparison, static run => run.Load.Attainment, DemoNoise.IsAttainedClear);
        AppendShare(text, width, "prefix hit (% of tokens)", comparison, static run => run.Hits, static (_, _) => null);
        AppendRun(text, comparison.PolicyName, comparison.Policy.Load);
        AppendRun(text, comparison.BaselineName, baseline?.Load);
        text.Append('\n').Append(string.Join("; ", new[] { DemoGlossary.CutOff, DemoGlossary.Imbalance(comparison) }.Select(static word => $"{word.Term}: {word.Meaning}"))).Append('\n');
        text.Append(HasUnfinished(comparison.Policy) || (baseline is not null && HasUnfinished(baseline))
            ? "TTFT: of all requests with a first token, failed and cut off ones too; TPOT and end to end: of completed requests only\n"
            : "");
        text.Append(comparison.Targets is { } targets
            ? string.Create(CultureInfo.InvariantCulture, $"targets: a first token within {targets.Ttft.TotalMilliseconds:0} ms, further ones within {targets.Tpot.TotalMilliseconds:0} ms each on average\n")
            : "");
        text.Append(baseline is null ? "" : $"{Legend(comparison)}\n");
        return text.Append('\n').Append(DemoVerdict.For(comparison)).Append('\n').ToString();
    }

    /// <summary>What the column of changes shows. Rates, and the hits that the engines count over the whole run, are known of the run alone and not of its parts.</summary>
    private static string Legend(DemoComparison comparison) =>
        $"+/-: compared with {comparison.BaselineName}; ~: within the noise, which is not known of rates{(comparison.Policy.Hits is null ? "" : " and the prefix hit")}";

    private static bool HasUnfinished(DemoRun run) => run.Load.Failed + run.Load.CutOff > 0;

    /// <summary>Appends a share with its change in percentage points, marked where it is within the noise.</summary>
    private static void AppendShare(
        StringBuilder text, int width, string label, DemoComparison comparison, Func<DemoRun, double?> share, Func<LoadResult, LoadResult, bool?> isClear)
    {
        if (share(comparison.Policy) is not { } mine)
        {
            return;
        }

        (string, string)? other = null;
        if (comparison.Baseline is { } baseline && share(baseline) is { } value)
        {
            string change = (100 * (mine - value)).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
            bool isNoise = change != "0.0" && isClear(comparison.Policy.Load, baseline.Load) == false;
            other = (DemoText.OneDecimal(100 * value), isNoise ? $"{change} ~" : change);
        }

        AppendRow(text, width, label, DemoText.OneDecimal(100 * mine), other);
    }

    private static void AppendRow(StringBuilder text, int width, string label, string value, (string Value, string Change)? other)
    {
        var row = new StringBuilder(label.PadRight(LabelWidth)).Append(value.PadLeft(width));
        if (other is { } shown)
        {
            row.Append("  ").Append(shown.Value.PadLeft(ValueWidth)).Append("  ").Append(shown.Change.PadLeft(ChangeWidth));
        }

        text.Append(row.ToString().TrimEnd()).Append('\n');
    }

    /// <summary>Appends details of a run that the table does not show.</summary>
    private static void AppendRun(StringBuilder text, string name, LoadResult? result)
    {
        if (result is { Failed: > 0 })
        {
            text.Append($"{name}: failed: {string.Join(", ", result.Failures.OrderBy(kind => kind.Key).Select(kind => $"{Name(kind.Key)} {kind.Value}"))}\n");
        }

        if (result is { CutOffBeforeFirstToken: > 0 })
        {
            text.Append($"{name}: {result.CutOffBeforeFirstToken} cut off before a first token count in TTFT with their age, a lower bound\n");
        }
    }

    private static string Name(FailureKind kind) => kind switch
    {
        FailureKind.QueueFull => "queue full (429)",
        FailureKind.EngineNotFound => "no such engine (404)",
        FailureKind.Unavailable => "no capacity (503)",
        FailureKind.EngineError => "engine error",
        FailureKind.Connection => "connection",
        _ => "timeout",
    };
}
