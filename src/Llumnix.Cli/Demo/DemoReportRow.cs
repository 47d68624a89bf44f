using System.Globalization;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>One row of the report.</summary>
/// <param name="Label">What it shows, with the unit.</param>
/// <param name="Value">The number of a run as text.</param>
/// <param name="Change">How the first run differs from the second one, as text; empty where that says nothing.</param>
internal sealed record DemoReportRow(string Label, Func<DemoRun, string> Value, Func<DemoRun, DemoRun, string> Change)
{
    /// <summary>A count, or a number, without a change.</summary>
    internal static DemoReportRow Count(string label, Func<DemoRun, double> value, string format = "0") =>
        new(label, run => value(run).ToString(format, CultureInfo.InvariantCulture), static (_, _) => "");

    /// <summary>A number with one decimal and its change, of which the noise is not known.</summary>
    internal static DemoReportRow Number(string label, Func<DemoRun, double> value) => new(
        label, run => DemoText.OneDecimal(value(run)), (mine, other) => ChangeOf(value(mine), value(other)));

    /// <summary>A latency with its change, marked where it is within the noise.</summary>
    internal static DemoReportRow Latency(
        string label, Func<LoadResult, LatencySummary> ofRun, Func<LoadPart, LatencySummary> ofPart, Func<LatencySummary, TimeSpan> value) => new(
        label,
        run => DemoText.Milliseconds(ofRun(run.Load), value),
        (mine, other) =>
        {
            string change = ChangeOf(value(ofRun(mine.Load)).TotalMilliseconds, value(ofRun(other.Load)).TotalMilliseconds);
            bool isNoise = DemoNoise.IsClear(mine.Load, other.Load, part => DemoNoise.Scale(ofPart(part), value)) == false;
            return change.Length > 0 && isNoise ? $"{change} ~" : change;
        });

    private static string ChangeOf(double mine, double other) =>
        mine > 0 && other > 0 ? ((mine / other) - 1).ToString("+0%;-0%;0%", CultureInfo.InvariantCulture) : "";
}
