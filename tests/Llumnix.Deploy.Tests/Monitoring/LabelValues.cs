using Llumnix.Adapters.Llumlets;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Telemetry;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Server.Rescheduling;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>
/// What the labels of metrics can be. Closed sets are what processes show from their start, or what the code that writes them names; the values of a label are those of
/// all metrics that have it, but for labels whose meaning is another one in each metric.
/// </summary>
internal static class LabelValues
{
    private static readonly HashSet<string> PerMetric = ["outcome", "reason", "status_code"];

    private static readonly string Model = FormattableString.Invariant(
        $"any: the model that the request names (at most {GatewayTelemetry.MaxModels}, all further ones are `{GatewayTelemetry.Overflow}`); of `instance_lrs_...`, the model of the instance");

    /// <summary>What labels without a closed set of values are, by label or by metric and label.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["address"] = "any: host and port of the instance's API server",
        ["class"] = "any: a class of `--latency-profiles`; `default`; `none`, of instances without tables",
        ["generation"] = "any: the generation of .NET's garbage collector",
        ["id"] = "any: the instance's id in the answers of `/schedule`",
        ["instance_id"] = "any: the instance's id, as `scheduler_instance_info` has it beside the other ones",
        ["key"] = FormattableString.Invariant($"any: the name of an API key (at most {KeyTelemetry.MaxNames}, all further ones are `{GatewayTelemetry.Overflow}`)"),
        ["model"] = Model,
        ["peer"] = "any: host and port of the other replica",
        ["revision"] = "any: the source revision of the build, or empty",
        ["runtime"] = "any: the version of .NET",
        ["version"] = "any: the version of the build",
        ["gateway_external_requests_total status_code"] = "`success`; `network_error`: no answer, or not to its end; else the HTTP status, 400 or above",
        ["request_fallback_total status_code"] = "`success`; `network_error`: no answer, or not to its end; else the HTTP status, 400 or above",
        ["request_retry_total status_code"] = "`network_error`: no answer; else the HTTP status of the engine",
        ["request_total status_code"] = "any: the HTTP status that the client was answered; `499`: the client left",
    };

    /// <summary>Closed sets of series that come into being with what they count.</summary>
    private static readonly Dictionary<string, IEnumerable<string>> Named = new()
    {
        ["gateway_key_refusals_total reason"] = [RequestQuota.Requests, RequestQuota.Tokens],
        ["scheduler_rescheduling_outcomes_total outcome"] = Enum.GetValues<MigrationOutcome>().Except([MigrationOutcome.Cancelled]).Select(MigrationOutcomes.NameOf),
        ["policy"] = ReschedulingPolicies.Names,
        ["rescheduling_req_select_order"] = Enum.GetValues<RequestSelectOrder>().Select(MigrationRequests.NameOf),
        ["rescheduling_req_select_rule"] = Enum.GetValues<RequestSelectRule>().Select(MigrationRequests.NameOf),
    };

    /// <summary>Where values need a word.</summary>
    private static readonly Dictionary<string, string> Notes = new()
    {
        ["error_type"] = "`cms_not_available` is the name that existing dashboards know; it is counted in every mode, and the admin API and `/debug/explain` call the same outcome `store_not_available`",
    };

    /// <summary>The rows of the reference: label, metrics (none: all that have the label), values.</summary>
    internal static IEnumerable<(string Label, string Metric, string Values)> Rows(IReadOnlyCollection<ExportedMetric> metrics) =>
        from metric in metrics.OrderBy(static metric => metric.Name, StringComparer.Ordinal)
        from label in metric.Labels
        group metric by (Label: label, Metric: PerMetric.Contains(label) ? metric.Name : "") into row
        orderby row.Key.Label, row.Key.Metric
        select (row.Key.Label, row.Key.Metric, Describe(row.Key.Label, row.Key.Metric, row));

    private static string Describe(string label, string metric, IEnumerable<ExportedMetric> metrics)
    {
        string key = metric.Length == 0 ? label : $"{metric} {label}";
        if (Open.TryGetValue(key, out string? open))
        {
            return open;
        }

        IEnumerable<string> values = Named.GetValueOrDefault(key) ?? metrics.SelectMany(known => known.Values.GetValueOrDefault(label) ?? []);
        string text = string.Join(", ", values.Distinct().Order(StringComparer.Ordinal).Select(static value => $"`{value}`"));
        Assert.True(text.Length > 0, $"nothing tells the values of the label {label} of {string.Join(", ", metrics.Select(static known => known.Name))}");
        return Notes.TryGetValue(key, out string? note) ? $"{text}. {char.ToUpperInvariant(note[0])}{note[1..]}" : text;
    }
}
