using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Llumnix.Adapters.Options;
using Llumnix.Deploy.Tests.Monitoring;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>What deploy/examples refers to is in the overlays.</summary>
public sealed class ExampleTests(MetricsPages pages) : IClassFixture<MetricsPages>
{
    private static readonly IReadOnlyList<RenderedOverlay> Overlays = [.. Manifests.Overlays.All.Select(RenderedOverlay.Load)];

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
    public async Task Autoscaling_ScalesAWorkloadWithoutANumberBySeriesThatThereAre()
    {
        using var overlay = new OwnOverlay("resources: [../plain-engines]\ncomponents: [autoscaling]", "autoscaling");
        IReadOnlyList<JsonObject> built = await overlay.BuildAsync();
        JsonNode spec = built.Single(static resource => (string)resource["kind"]! == "ScaledObject")["spec"]!;
        RenderedOverlay cluster = RenderedOverlay.Load("plain-engines");

        string name = (string)spec["scaleTargetRef"]!["name"]!;
        Assert.True((long)spec["minReplicaCount"]! >= cluster.Workloads.Single(workload => workload.Name == name).Replicas);
        JsonObject target = built.Single(resource => (string)resource["kind"]! == "Deployment" && (string)resource["metadata"]!["name"]! == name);
        Assert.False(target["spec"]!.AsObject().ContainsKey("replicas"));
        Assert.All(spec["triggers"]!.AsArray(), trigger =>
        {
            var server = new Uri((string)trigger!["metadata"]!["serverAddress"]!);
            Assert.Contains(cluster.Of<V1Service>(), service => server.Host == $"{service.Metadata.Name}.default.svc" && service.Spec.Ports.Any(port => port.Port == server.Port));
            Assert.All(MetricReference.FindAll((string)trigger["metadata"]!["query"]!), metric => Assert.NotNull(pages.LabelsOf(metric.Name)));
        });
    }

    [Fact]
    public void Rescheduler_StartsAndReachesRedisAndTheEngines()
    {
        List<object> read = KubernetesYaml.LoadAllFromString(Checkout.Read("deploy/examples/rescheduler.yaml"), null, true);
        V1Deployment deployment = Assert.Single(read.OfType<V1Deployment>());
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [.. Assert.Single(deployment.Spec.Template.Spec.Containers).Args],
            new Dictionary<string, string>(),
            SchedulerProgram.KnownNames,
            static path => throw new FileNotFoundException(null, path));
        RenderedOverlay cluster = RenderedOverlay.Load("neutral/full-mode-scheduling");

        Assert.Empty(parsed.Errors);
        Assert.True(parsed.Options.Rescheduling.IsStandalone);
        V1NetworkPolicy own = read.OfType<V1NetworkPolicy>().Single(static policy => policy.Metadata.Name == "llumnix-rescheduler");
        Assert.Equal(own.Spec.PodSelector.MatchLabels["app"], deployment.Spec.Template.Metadata.Labels["app"]);
        V1NetworkPolicyIngressRule scrapes = Assert.Single(own.Spec.Ingress);
        Assert.Contains(scrapes.FromProperty, static peer => peer.PodSelector?.MatchLabels["app"] == "llumnix-prometheus");
        Assert.Contains(scrapes.FromProperty, static peer => peer.NamespaceSelector?.MatchLabels["llumnix.dev/monitoring"] == "true");
        Assert.Equal(deployment.Spec.Template.Spec.Containers[0].Ports.Single().Name, Assert.Single(scrapes.Ports).Port.Value);
        V1NetworkPolicy[] targets = [.. read.OfType<V1NetworkPolicy>().Except([own])];
        Assert.Equal(
            ["llumnix-neutral", "llumnix-redis"],
            targets.SelectMany(policy => cluster.Select(policy.Spec.PodSelector.MatchLabels)).Select(static workload => workload.Name).Order());
        Assert.All(targets, policy => Assert.Equal(
            deployment.Spec.Template.Metadata.Labels["app"], Assert.Single(Assert.Single(policy.Spec.Ingress).FromProperty).PodSelector.MatchLabels["app"]));
    }

    [Fact]
    public void FillModels_WritesTheClaimThatThePodsRead()
    {
        V1Pod pod = Assert.IsType<V1Pod>(Assert.Single(KubernetesYaml.LoadAllFromString(Checkout.Read("deploy/examples/fill-models.yaml"), null, true)));
        V1PersistentVolumeClaim claim = Assert.Single(RenderedOverlay.Load("plain-engines").Of<V1PersistentVolumeClaim>());

        Assert.Equal(claim.Metadata.Name, Assert.Single(pod.Spec.Volumes).PersistentVolumeClaim.ClaimName);
        Assert.Equal(["ReadWriteMany"], claim.Spec.AccessModes);
        V1Container container = Assert.Single(pod.Spec.Containers);
        Assert.NotEqual(true, Assert.Single(container.VolumeMounts).ReadOnlyProperty);
        Assert.Matches(":[0-9.]+$", container.Image);
    }
}
