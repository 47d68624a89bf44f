using System.Globalization;
using System.Text;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>The demo's final report: the numbers of the policy and of the baseline side by side, and a verdict.</summary>
internal static class DemoReport
{
    private const int LabelWidth = 24;
    private const int ValueWidth = 12;

    private static readonly (string Label, Func<DemoRun, string> Value)[] Rows =
    [
        ("requests", static run => $"{run.Load.Sent}"),
        ("failed", static run => $"{run.Load.Failed}"),
        ("cut off", static run => $"{run.Load.CutOff}"),
        ("requests/s", static run => DemoText.OneDecimal(run.Load.RequestsPerSecond)),
        ("output tokens/s", static run => DemoText.OneDecimal(run.Load.TokensPerSecond)),
        ("TTFT mean (ms)", static run => DemoText.Milliseconds(run.Load.Ttft, ttft => ttft.Mean)),
        ("TTFT p50 (ms)", static run => DemoText.Milliseconds(run.Load.Ttft, ttft => ttft.P50)),
        ("TTFT p90 (ms)", static run => DemoText.Milliseconds(run.Load.Ttft, ttft => ttft.P90)),
        ("TTFT p99 (ms)", static run => DemoText.Milliseconds(run.Load.Ttft, ttft => ttft.P99)),
        ("TPOT mean (ms)", static run => DemoText.Milliseconds(run.Load.Tpot, tpot => tpot.Mean)),
        ("TPOT p50 (ms)", static run => DemoText.Milliseconds(run.Load.Tpot, tpot => tpot.P50)),
        ("TPOT p99 (ms)", static run => DemoText.Milliseconds(run.Load.Tpot, tpot => tpot.P99)),
        ("end to end p50 (ms)", static run => DemoText.Milliseconds(run.Load.EndToEnd, whole => whole.P50)),
        ("end to end p99 (ms)", static run => DemoText.Milliseconds(run.Load.EndToEnd, whole => whole.P99)),
        ("imbalance (max/mean)", static run => run.Imbalance.ToString("0.00", CultureInfo.InvariantCulture)),
    ];

    /// <summary>Writes the report.</summary>
    internal static string Format(DemoComparison comparison)
    {
        var text = new StringBuilder();
        int width = Math.Max(ValueWidth, comparison.PolicyName.Length);
        AppendRow(text, width, "", comparison.PolicyName, comparison.Baseline is null ? null : comparison.BaselineName);
        foreach ((string label, Func<DemoRun, string> value) in Rows)
        {
            AppendRow(text, width, label, value(comparison.Policy), comparison.Baseline is null ? null : value(comparison.Baseline));
        }

        if (comparison.Policy.Load.Attainment is { } attainment)
        {
            AppendRow(text, width, "targets met (%)", DemoText.OneDecimal(100 * attainment), comparison.Baseline?.Load.Attainment is { } others ? DemoText.OneDecimal(100 * others) : null);
        }

        if (comparison.Policy.Hits is { } hits)
        {
            AppendRow(text, width, "prefix hit (% of tokens)", DemoText.OneDecimal(100 * hits), comparison.Baseline?.Hits is { } other ? DemoText.OneDecimal(100 * other) : null);
        }

        AppendRun(text, comparison.PolicyName, comparison.Policy.Load);
        AppendRun(text, comparison.BaselineName, comparison.Baseline?.Load);
        return text.Append('\n').Append(DemoVerdict.For(comparison)).Append('\n').ToString();
    }

    private static void AppendRow(StringBuilder text, int width, string label, string value, string? other)
    {
        text.Append(label.PadRight(LabelWidth)).Append(value.PadLeft(width));
        text.Append(other is null ? "" : "  " + other.PadLeft(ValueWidth)).Append('\n');
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
