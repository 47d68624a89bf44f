using System.Globalization;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>Formats numbers for the demo's table, plain lines and report.</summary>
internal static class DemoText
{
    /// <summary>Milliseconds with one decimal; a dash when there are no measurements.</summary>
    internal static string Milliseconds(LatencySummary summary, Func<LatencySummary, TimeSpan> value) =>
        summary.Count == 0 ? "-" : value(summary).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>Minutes and seconds.</summary>
    internal static string Clock(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:00}");

    /// <summary>A ratio as whole percent.</summary>
    internal static string Percent(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio * 100:0}%");

    /// <summary>A number with one decimal.</summary>
    internal static string OneDecimal(double number) => number.ToString("0.0", CultureInfo.InvariantCulture);
}
