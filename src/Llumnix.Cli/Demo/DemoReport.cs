using System.Globalization;
using System.Text;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>The demo's final report: the numbers of the policy and of the baseline side by side, and a verdict.</summary>
internal static class DemoReport
{
    private const int LabelWidth = 24;
    private const int ValueWidth = 12;

    private static readonly (string Label, Func<LoadResult, int, string> Value)[] Rows =
    [
        ("requests", (result, _) => $"{result.Sent}"),
        ("failed", (result, _) => $"{result.Failed}"),
        ("cut off", (result, _) => $"{result.CutOff}"),
        ("requests/s", (result, _) => DemoText.OneDecimal(result.RequestsPerSecond)),
        ("output tokens/s", (result, _) => DemoText.OneDecimal(result.TokensPerSecond)),
        ("TTFT mean (ms)", (result, _) => DemoText.Milliseconds(result.Ttft, ttft => ttft.Mean)),
        ("TTFT p50 (ms)", (result, _) => DemoText.Milliseconds(result.Ttft, ttft => ttft.P50)),
        ("TTFT p90 (ms)", (result, _) => DemoText.Milliseconds(result.Ttft, ttft => ttft.P90)),
        ("TTFT p99 (ms)", (result, _) => DemoText.Milliseconds(result.Ttft, ttft => ttft.P99)),
        ("TPOT mean (ms)", (result, _) => DemoText.Milliseconds(result.Tpot, tpot => tpot.Mean)),
        ("TPOT p50 (ms)", (result, _) => DemoText.Milliseconds(result.Tpot, tpot => tpot.P50)),
        ("TPOT p99 (ms)", (result, _) => DemoText.Milliseconds(result.Tpot, tpot => tpot.P99)),
        ("end to end p50 (ms)", (result, _) => DemoText.Milliseconds(result.EndToEnd, whole => whole.P50)),
        ("end to end p99 (ms)", (result, _) => DemoText.Milliseconds(result.EndToEnd, whole => whole.P99)),
        ("imbalance (max/mean)", (result, instances) => result.Imbalance(instances).ToString("0.00", CultureInfo.InvariantCulture)),
    ];

    /// <summary>Writes the report.</summary>
    internal static string Format(DemoComparison comparison)
    {
        var text = new StringBuilder();
        int width = Math.Max(ValueWidth, comparison.PolicyName.Length);
        AppendRow(text, width, "", comparison.PolicyName, comparison.Baseline is null ? null : comparison.BaselineName);
        foreach ((string label, Func<LoadResult, int, string> value) in Rows)
        {
            string? other = comparison.Baseline is null ? null : value(comparison.Baseline, comparison.Instances);
            AppendRow(text, width, label, value(comparison.Policy, comparison.Instances), other);
        }

        if (comparison.Policy.Attainment is { } attainment)
        {
            AppendRow(text, width, "targets met (%)", DemoText.OneDecimal(100 * attainment), comparison.Baseline?.Attainment is { } others ? DemoText.OneDecimal(100 * others) : null);
        }

        if (comparison.PolicyHits is { } hits)
        {
            AppendRow(text, width, "prefix hit (% of tokens)", DemoText.OneDecimal(100 * hits), comparison.BaselineHits is { } other ? DemoText.OneDecimal(100 * other) : null);
        }

        AppendRun(text, comparison.PolicyName, comparison.Policy);
        AppendRun(text, comparison.BaselineName, comparison.Baseline);
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
        FailureKind.NoAvailableEndpoint => "no available endpoint (429)",
        FailureKind.EndpointNotFound => "endpoint not found (404)",
        FailureKind.SchedulerNotReady => "scheduler not ready",
        FailureKind.EngineError => "engine error",
        FailureKind.Connection => "connection",
        _ => "timeout",
    };
}
