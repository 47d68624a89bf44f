using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>Which processes feed a panel of a dashboard, or let an alert fire: those that export all metrics of one of its expressions.</summary>
/// <param name="metrics">What the processes export.</param>
internal sealed partial class Feeds(IReadOnlyCollection<ExportedMetric> metrics)
{
    private readonly Dictionary<string, ExportedMetric> _metrics = metrics.ToDictionary(static metric => metric.Name);

    /// <summary>Dashboard, panel and processes.</summary>
    internal IEnumerable<(string Dashboard, string Panel, string Processes)> Panels() =>
        from row in MonitoringTests.Dashboards
        let dashboard = JsonNode.Parse(Checkout.Read($"deploy/base/monitoring/dashboards/{row.Data}.json"))!
        from panel in dashboard["panels"]!.AsArray()
        select (row.Data, (string)panel!["title"]!, Of(panel["targets"]!.AsArray().Select(static target => (string)target!["expr"]!)));

    /// <summary>Alert and processes, without the alerts that go by targets and not by what these export.</summary>
    internal IEnumerable<(string Alert, string Processes)> Alerts() =>
        from rule in AlertRules.All
        let expression = (string)rule["expr"]!
        where rule["alert"] is not null && !MetricReference.FindAll(expression).Any(static metric => AlertRules.Records.Contains(metric.Name))
        select ((string)rule["alert"]!, Of(Alternatives().Split(expression)));

    private string Of(IEnumerable<string> expressions) => string.Join(", ", expressions.SelectMany(ProcessesOf).Distinct().Order(StringComparer.Ordinal));

    private IEnumerable<string> ProcessesOf(string expression) => MetricReference.FindAll(expression)
        .Select(metric => metric.Name.StartsWith("vllm:", StringComparison.Ordinal) ? ["vLLM"] : MetricOf(metric.Name).Processes.AsEnumerable())
        .Aggregate(static (one, other) => one.Intersect(other));

    private ExportedMetric MetricOf(string name) => _metrics.GetValueOrDefault(name) ?? _metrics[Suffix().Replace(name, "")];

    /// <summary>No expression that this is for has an <c>or</c> within parentheses, but for a default of 0.</summary>
    [GeneratedRegex(@"\bor\b(?! vector)")]
    private static partial Regex Alternatives();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
