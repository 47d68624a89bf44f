using System.Globalization;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>A page of metrics.</summary>
internal sealed class MetricsText(string page)
{
    /// <summary>The sum of the series of a metric whose labels contain all given texts, such as <c>outcome="migrated"</c>.</summary>
    internal double Sum(string name, params string[] labels) => page
        .Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{')
        .Where(line => labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
