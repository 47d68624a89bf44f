using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Llumnix.Deploy.Tests.Monitoring;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>What deploy/examples refers to is in the overlays.</summary>
public sealed class ExampleTests(MetricsPages pages) : IClassFixture<MetricsPages>
{
    private static readonly IReadOnlyList<RenderedOverlay> Overlays = [.. Manifests.Overlays.All.Select(RenderedOverlay.Load)];

    [Fact]
    public void ExternalRedis_OpensOnePortOfTheScheduler()
    {
        object read = Assert.Single(KubernetesYaml.LoadAllFromString(Checkout.Read("deploy/examples/external-redis.yaml"), null, true));
        V1NetworkPolicySpec policy = Assert.IsType<V1NetworkPolicy>(read).Spec;

        Assert.Equal("llumnix-scheduler", Assert.Single(Overlays[0].Select(policy.PodSelector.MatchLabels)).Name);
        Assert.Equal(["Egress"], policy.PolicyTypes);
        Assert.Equal("6379", Assert.Single(Assert.Single(policy.Egress).Ports).Port.Value);
    }

    [Fact]
    public void Otlp_OpensThePortsOfACollectorToTheScheduler()
    {
        object read = Assert.Single(KubernetesYaml.LoadAllFromString(Checkout.Read("deploy/examples/otlp.yaml"), null, true));
        V1NetworkPolicySpec policy = Assert.IsType<V1NetworkPolicy>(read).Spec;

        Assert.Equal("llumnix-scheduler", Assert.Single(Overlays[0].Select(policy.PodSelector.MatchLabels)).Name);
        Assert.Equal(["Egress"], policy.PolicyTypes);
        Assert.Equal(["4317", "4318"], Assert.Single(policy.Egress).Ports.Select(static port => port.Port.Value));
    }

    [Fact]
    public void PodMonitor_SelectsThePodsThatAskToBeScraped()
    {
        JsonNode spec = Load("pod-monitor.yaml")["spec"]!;
        string port = (string)Assert.Single(spec["podMetricsEndpoints"]!.AsArray())!["port"]!;
        string[] selected = [.. Assert.Single(spec["selector"]!["matchExpressions"]!.AsArray())!["values"]!.AsArray().Select(value => (string)value!)];
        Workload[] workloads = [.. Overlays.SelectMany(overlay => overlay.Workloads)];

        IEnumerable<string> scraped = workloads
            .Where(workload => workload.Template.Metadata.Annotations?.ContainsKey("prometheus.io/scrape") == true)
            .Select(workload => workload.PodLabels["app"]);
        Assert.Equal(scraped.Distinct().Order(StringComparer.Ordinal), selected.Order(StringComparer.Ordinal));
        Assert.All(workloads.Where(workload => selected.Contains(workload.PodLabels["app"])), workload => Assert.True(workload.HasPort(port)));
    }

    [Fact]
    public void Autoscaling_ScalesAWorkloadBySeriesThatThereAre()
    {
        JsonNode spec = Load("autoscaling.yaml")["spec"]!;
        RenderedOverlay cluster = RenderedOverlay.Load("plain-engines");

        Workload target = cluster.Workloads.Single(workload => workload.Name == (string)spec["scaleTargetRef"]!["name"]!);
        Assert.True((long)spec["minReplicaCount"]! >= target.Replicas);
        Assert.All(spec["triggers"]!.AsArray(), trigger =>
        {
            var server = new Uri((string)trigger!["metadata"]!["serverAddress"]!);
            Assert.Contains(cluster.Of<V1Service>(), service => server.Host == $"{service.Metadata.Name}.default.svc" && service.Spec.Ports.Any(port => port.Port == server.Port));
            Assert.All(MetricReference.FindAll((string)trigger["metadata"]!["query"]!), metric => Assert.NotNull(pages.LabelsOf(metric.Name)));
        });
    }

    private static JsonObject Load(string name) => Assert.Single(YamlDocuments.Parse(Checkout.Read($"deploy/examples/{name}")));
}
