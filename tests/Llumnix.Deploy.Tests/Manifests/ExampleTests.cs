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
        JsonNode[] specs = [.. YamlDocuments.Parse(Checkout.Read("deploy/examples/pod-monitor.yaml")).Select(static document => document["spec"]!)];
        string[] names = [.. Assert.Single(specs[0]["selector"]!["matchExpressions"]!.AsArray())!["values"]!.AsArray().Select(value => (string)value!)];
        KeyValuePair<string, JsonNode?> label = Assert.Single(specs[1]["selector"]!["matchLabels"]!.AsObject());
        Assert.All(specs, static spec => Assert.Equal("http", (string)Assert.Single(spec["podMetricsEndpoints"]!.AsArray())!["port"]!));
        Workload[] workloads = [.. Overlays.SelectMany(overlay => overlay.Workloads)];

        foreach (Workload workload in workloads)
        {
            bool[] selected = [names.Contains(workload.PodLabels["app"]), workload.PodLabels.TryGetValue(label.Key, out string? value) && value == (string)label.Value!];
            bool asks = workload.Template.Metadata.Annotations?.ContainsKey("prometheus.io/scrape") == true;
            Assert.True(selected.Count(static isSelected => isSelected) == (asks ? 1 : 0), workload.Name);
            Assert.True(!asks || workload.HasPort("http"), workload.Name);
        }
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
