using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Llumnix.Deploy.Tests.Manifests;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>Dashboards and alerts speak of metrics and labels that there are.</summary>
public sealed class MonitoringTests(MetricsPages pages) : IClassFixture<MetricsPages>
{
    private const string Folder = "deploy/base/monitoring";

    /// <summary>Prometheus adds them to every series.</summary>
    private static readonly string[] TargetLabels = ["job", "instance", "pod", "namespace"];

    public static TheoryData<string> Dashboards => ["overview", "gateway", "scheduling", "instances", "rescheduling"];

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Dashboard_EveryExpression_UsesMetricsThatThereAre(string name)
    {
        JsonNode dashboard = JsonNode.Parse(Checkout.Read($"{Folder}/dashboards/{name}.json"))!;
        JsonArray panels = dashboard["panels"]!.AsArray();
        Assert.NotEmpty(panels);
        Assert.All(panels.SelectMany(panel => panel!["targets"]!.AsArray()), target => AssertExpression((string)target!["expr"]!));
        string[] variables = [.. dashboard["templating"]!["list"]!.AsArray().Where(variable => (string?)variable!["type"] == "query").Select(variable => (string)variable!["query"]!["query"]!)];
        Assert.All(variables, query =>
        {
            Match values = Regex.Match(query, @"^label_values\((\w+)(\{.*\})?, (\w+)\)$");
            Assert.True(values.Success, query);
            AssertExpression(values.Groups[1].Value + values.Groups[2].Value);
            AssertLabels(values.Groups[1].Value, [values.Groups[3].Value]);
        });
    }

    /// <summary>A Prometheus may have several fleets, and a Grafana several of those. All is the pattern that also takes series without the label.</summary>
    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Dashboard_EveryQuery_IsOfTheChosenSourceAndNamespaces(string name)
    {
        JsonNode dashboard = JsonNode.Parse(Checkout.Read($"{Folder}/dashboards/{name}.json"))!;
        JsonNode[] variables = [.. dashboard["templating"]!["list"]!.AsArray().Select(static variable => variable!)];
        Assert.Equal(["datasource", "namespace"], variables.Take(2).Select(static variable => (string)variable["name"]!));
        Assert.Equal(("datasource", "prometheus"), ((string)variables[0]["type"]!, (string)variables[0]["query"]!));
        JsonNode namespaces = variables[1];
        Assert.Equal((true, true, ".*", "$__all"), ((bool)namespaces["includeAll"]!, (bool)namespaces["multi"]!, (string)namespaces["allValue"]!, (string)namespaces["current"]!["value"]![0]!));

        string[] queries =
        [
            .. dashboard["panels"]!.AsArray().SelectMany(static panel => panel!["targets"]!.AsArray()).Select(static target => (string)target!["expr"]!),
            .. variables.Skip(2).Where(static variable => (string)variable["type"]! == "query").Select(static variable => Regex.Replace((string)variable["query"]!["query"]!, @"^label_values\((.*), \w+\)$", "$1")),
        ];
        Assert.All(queries, static query => Assert.Equal(MetricReference.FindAll(query).Count, Regex.Count(query, @"\{namespace=~""\$namespace""[,}]")));
        Assert.All(Sources(dashboard), static source => Assert.Equal("${datasource}", source));
    }

    /// <summary>The uids of all data sources of Prometheus' that a tree names.</summary>
    private static IEnumerable<string> Sources(JsonNode? node) => node switch
    {
        JsonObject mapping => (mapping["type"]?.ToString() == "prometheus" ? [mapping["uid"]!.ToString()] : Array.Empty<string>()).Concat(mapping.SelectMany(static pair => Sources(pair.Value))),
        JsonArray sequence => sequence.SelectMany(Sources),
        _ => [],
    };

    /// <summary>Prometheus understands every query, with values in place of the dashboard's variables.</summary>
    [Fact]
    public async Task Dashboards_EveryExpression_IsPromQl()
    {
        Assert.True(Command.Exists("promtool"), "Install promtool: apt-get install prometheus (Debian, Ubuntu).");
        JsonNode[] rules =
        [
            .. from row in Dashboards
               from panel in JsonNode.Parse(Checkout.Read($"{Folder}/dashboards/{row.Data}.json"))!["panels"]!.AsArray()
               from target in panel!["targets"]!.AsArray()
               let expression = Regex.Replace((string)target!["expr"]!, @"\$\{?(\w+)(:\w+)?\}?", static match => match.Groups[1].Value.StartsWith("__", StringComparison.Ordinal) ? "5m" : "100")
               select new JsonObject { ["alert"] = $"{row.Data} panel {panel["id"]}", ["expr"] = expression },
        ];
        Assert.True(rules.Length > 50);
        string file = Path.GetTempFileName();
        try
        {
            // JSON is YAML.
            await File.WriteAllTextAsync(
                file, new JsonObject { ["groups"] = new JsonArray(new JsonObject { ["name"] = "dashboards", ["rules"] = new JsonArray(rules) }) }.ToJsonString(), TestContext.Current.CancellationToken);
            await Command.RunAsync("promtool", ["check", "rules", "--lint=none", file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A target that is no bound of a bucket would show nothing.</summary>
    [Theory]
    [InlineData("ttft", "request_ttft_milliseconds")]
    [InlineData("tpot", "request_tpot_milliseconds")]
    public void Overview_TargetsToChooseFrom_AreBoundsOfBuckets(string variable, string histogram)
    {
        JsonArray variables = JsonNode.Parse(Checkout.Read($"{Folder}/dashboards/overview.json"))!["templating"]!["list"]!.AsArray();
        string[] choices = ((string)variables.Single(known => (string?)known!["name"] == variable)!["query"]!).Split(',');
        Assert.NotEmpty(choices);
        Assert.Empty(choices.Except(pages.BoundsOf(histogram)));
    }

    /// <summary>What kustomize ships is what is in the folder.</summary>
    [Fact]
    public void Dashboards_InTheConfigMap_AreAllOfTheFolder() => Assert.Equal(
        Dashboards.Select(row => $"{row.Data}.json").Order(StringComparer.Ordinal),
        RenderedOverlay.Load("base").Of<k8s.Models.V1ConfigMap>().Single(map => map.Metadata.Name == "llumnix-grafana-dashboards").Data.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Dashboard_Panels_HaveUniqueIdsAndDoNotOverlap(string name)
    {
        JsonArray panels = JsonNode.Parse(Checkout.Read($"{Folder}/dashboards/{name}.json"))!["panels"]!.AsArray();
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel!["id"]!).Distinct().Count());
        var cells = panels.Select(panel => panel!["gridPos"]!).SelectMany(p =>
            from x in Enumerable.Range((int)p["x"]!, (int)p["w"]!)
            from y in Enumerable.Range((int)p["y"]!, (int)p["h"]!)
            select (x, y)).ToList();
        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.x, 0, 23));
    }

    [Fact]
    public void Dashboards_ShowEveryMetricOfAnInstance()
    {
        string text = Checkout.Read($"{Folder}/dashboards/instances.json");
        Assert.All(Llumnix.Server.Telemetry.InstanceGauge.All, gauge => Assert.Contains($"instance_cms_{gauge.Name}{{", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Alerts_UseMetricsThatThereAreAndAreExplained()
    {
        string[] headings = [.. Checkout.Read("docs/operations.md").Split('\n').Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..])];
        JsonNode[] rules = [.. AlertRules.All.Where(static rule => rule["alert"] is not null)];
        Assert.All(AlertRules.All.Where(static rule => rule["record"] is not null), rule => AssertExpression((string)rule["expr"]!));
        Assert.Equal(rules.Length, rules.Select(rule => (string)rule["alert"]!).Distinct().Count());
        Assert.All(rules, rule =>
        {
            AssertExpression((string)rule["expr"]!);
            Assert.Contains((string)rule["labels"]!["severity"]!, new[] { "critical", "warning" });
            Assert.NotEmpty((string)rule["annotations"]!["summary"]!);
            string name = (string)rule["alert"]!;
            Assert.Single(headings, name);
            Assert.Equal($"{{{{ with $externalLabels.runbooks }}}}{{{{ . }}}}#{name.ToLowerInvariant()}{{{{ end }}}}", (string)rule["annotations"]!["runbook_url"]!);
        });
    }

    /// <summary>Nobody but the operator knows where the runbooks are: a path would be a link that leads nowhere.</summary>
    [Fact]
    public void Prometheus_Runbooks_AreAnAddressOrNone()
    {
        JsonNode configuration = YamlDocuments.Parse(Checkout.Read($"{Folder}/prometheus.yml")).Single();
        string? runbooks = (string?)configuration["global"]!["external_labels"]?["runbooks"];
        Assert.True(runbooks is null || Uri.TryCreate(runbooks, UriKind.Absolute, out _), runbooks);
    }

    /// <summary>The pod of an evicted scheduler stays, and its name is a scheduler's: as a target, it would be one that is down for ever.</summary>
    [Fact]
    public void Prometheus_PodsThatHaveEnded_AreNoTargets()
    {
        JsonNode[] jobs =
        [
            .. YamlDocuments.Parse(Checkout.Read($"{Folder}/prometheus.yml")).Single()["scrape_configs"]!.AsArray().Select(static job => job!)
                .Where(static job => job["kubernetes_sd_configs"]?.AsArray().Any(static discovery => (string)discovery!["role"]! == "pod") is true),
        ];
        Assert.NotEmpty(jobs);
        Assert.All(jobs, static job =>
        {
            JsonNode rule = Assert.Single(job["relabel_configs"]!.AsArray(), static rule => rule!["source_labels"]?.ToJsonString() == """["__meta_kubernetes_pod_phase"]""")!;
            Assert.Equal("drop", (string)rule["action"]!);
            Assert.Equal(
                ["Failed", "Succeeded"],
                new[] { "Failed", "Pending", "Running", "Succeeded", "Unknown" }.Where(phase => Regex.IsMatch(phase, $"^(?:{(string)rule["regex"]!})$")));
        });
    }

    [Theory]
    [InlineData("alerts")]
    [InlineData("outages")]
    public async Task Alerts_FireWhenTheyShould(string tests)
    {
        Assert.True(Command.Exists("promtool"), "Install promtool: apt-get install prometheus (Debian, Ubuntu).");
        await Command.RunAsync("promtool", ["check", "rules", Checkout.PathOf($"{Folder}/alerts.yml")]);
        await Command.RunAsync("promtool", ["test", "rules", Checkout.PathOf($"tests/Llumnix.Deploy.Tests/Monitoring/{tests}.test.yml")]);
    }

    private void AssertExpression(string expression)
    {
        IReadOnlyList<MetricReference> metrics = MetricReference.FindAll(expression);
        Assert.NotEmpty(metrics);
        Assert.All(metrics, metric => AssertLabels(metric.Name, metric.Labels));
        IEnumerable<string> known = metrics.SelectMany(metric => pages.LabelsOf(metric.Name) ?? new HashSet<string>()).Concat(TargetLabels).Append("le");
        Assert.Empty(MetricReference.FindGroupings(expression).Except(known));
    }

    private void AssertLabels(string metric, IReadOnlyList<string> labels)
    {
        IReadOnlySet<string>? known = metric == "up" || AlertRules.Records.Contains(metric) ? new HashSet<string>() : pages.LabelsOf(metric);
        Assert.True(known is not null, $"there is no metric {metric}");
        Assert.Empty(labels.Except(known).Except(TargetLabels));
    }
}
