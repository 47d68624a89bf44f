using System.Text;
using Llumnix.Server.Telemetry;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>docs/reference/metrics.md, as it follows from what the processes export.</summary>
internal static class MetricsDocument
{
    internal const string Path = "docs/reference/metrics.md";

    private static readonly (string Title, Func<ExportedMetric, bool> Belongs)[] Groups =
    [
        ("Requests at the gateway", static metric => metric.Name.StartsWith("request_", StringComparison.Ordinal) && IsGateways(metric)),
        ("The gateway", static metric => metric.Name.StartsWith("gateway_", StringComparison.Ordinal)),
        ("Decisions", static metric => metric.Name.StartsWith("request_", StringComparison.Ordinal) || metric.Name.StartsWith("scheduler_scheduling_", StringComparison.Ordinal)
            || metric.Name.StartsWith("selected_instance_", StringComparison.Ordinal)),
        ("Instances in full mode", static metric => metric.Name.StartsWith("instance_cms_", StringComparison.Ordinal)),
        ("Instances in lite mode", static metric => metric.Name.StartsWith("instance_lrs_", StringComparison.Ordinal)),
        ("The scheduler", static metric => metric.Name.StartsWith("scheduler_", StringComparison.Ordinal)),
        ("Every process", static _ => true),
    ];

    /// <summary>The document's text.</summary>
    internal static string Render(IReadOnlyCollection<ExportedMetric> metrics)
    {
        var text = new StringBuilder("""
            # Metrics

            <!-- Generated from what the processes export. To rewrite it: LLUMNIX_UPDATE_REFERENCE=1 dotnet test --project tests/Llumnix.Deploy.Tests -->

            `GET /metrics` of a scheduler, of a rescheduler, of `llumnix gateway` and of `llumnix serve` answers in Prometheus' text format. `llumnix llumlet` has no metrics.
            Metrics can also be sent [by OTLP](../operations.md#telemetry-by-otlp).

            Each metric has two names, but for those of .NET (`process_...`, `dotnet_...`) and `llumnix_build_info`: that of existing dashboards, and one
            in base units, which begins with `llumnix_`. The second one has seconds in place of milliseconds and ratios in
            place of percent; labels and meaning are the same. The column *in base units* has the names that are not just `llumnix_` and the first name. Prometheus stores both; to keep one of
            them, drop the other. The shipped dashboards and alerts use the first names, so with them drop the second ones:

            ```yaml
            metric_relabel_configs:
            - {source_labels: [__name__], regex: "llumnix_.*", action: drop}   # llumnix_build_info with them
            ```

            In the column *where*, `full` and `lite` are the modes of the scheduler, `engines` is `--status-source engines`, `rescheduler` is a process that only reschedules
            (`llumnix rescheduler`, `--standalone-rescheduling-mode`), and `serve` and `gateway` are these commands. Some metrics
            need a flag beside that: those of leases and forwarding `--ha-lease`, of rescheduling `--colocated-rescheduling-mode`, of prefix lookups a KV store, of the mirror and of
            external endpoints their files. A metric without an instance, model or key to tell of has no series.

            """);
        var rest = metrics.OrderBy(static metric => metric.Name, StringComparer.Ordinal).ToList();
        foreach ((string title, Func<ExportedMetric, bool> belongs) in Groups)
        {
            text.Append($"\n## {title}\n\n| Name | In base units | Type | Labels | Where | Meaning |\n|---|---|---|---|---|---|\n");
            foreach (ExportedMetric metric in rest.Where(belongs))
            {
                text.Append(RenderRow(metric));
            }

            rest.RemoveAll(metric => belongs(metric));
        }

        text.Append("\n## Values of labels\n\n| Label | Of | Values |\n|---|---|---|\n");
        foreach ((string label, string metric, string values) in LabelValues.Rows(metrics))
        {
            text.Append($"| `{label}` | {(metric.Length == 0 ? "all metrics with this label" : $"`{metric}`")} | {values} |\n");
        }

        var feeds = new Feeds(metrics);
        text.Append("""

            ## What feeds dashboards and alerts

            The processes whose metrics a panel shows, or an alert goes by; with others it is empty, or never fires. Also here some metrics need a flag, and
            `serve --engine-metrics=false` has those of `lite`. `SchedulerDown` and `GatewayDown` go by Prometheus' targets ([runbooks](../operations.md#schedulerdown)).

            | Dashboard | Panel | Where |
            |---|---|---|

            """);
        foreach ((string dashboard, string panel, string processes) in feeds.Panels())
        {
            text.Append($"| {dashboard} | {panel} | {processes} |\n");
        }

        text.Append("\n| Alert | Where |\n|---|---|\n");
        foreach ((string alert, string processes) in feeds.Alerts())
        {
            text.Append($"| [{alert}](../operations.md#{alert.ToLowerInvariant()}) | {processes} |\n");
        }

        return text.ToString();
    }

    private static bool IsGateways(ExportedMetric metric) => metric.Processes.All(static process => process is "gateway" or "serve");

    private static string RenderRow(ExportedMetric metric)
    {
        string alias = BaseUnitNames.Find(metric.Name) is { } found && found != BaseUnitNames.Prefix + metric.Name ? $"`{found}`" : "";
        string labels = string.Join(", ", metric.Labels.Select(static label => $"`{label}`"));
        return $"| `{metric.Name}` | {alias} | {metric.Type} | {labels} | {string.Join(", ", metric.Processes)} | {metric.Help} |\n";
    }
}
