using System.Text.Json.Nodes;
using k8s.Models;
using Llumnix.Adapters.Options;
using Llumnix.Deploy.Tests.Documents;
using Llumnix.Deploy.Tests.Secrets;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>What deploy/components and deploy/examples add to an overlay, in the way that deploy/README.md tells.</summary>
public sealed class OwnOverlayTests
{
    private const string Full = "neutral/full-mode-scheduling";

    /// <summary>Each pod that asks to be scraped is scraped, by the Prometheus operator as by the annotation, and those of a rescheduler of its own too.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("../components/high-availability, ")]
    public async Task PodMonitors_SelectThePodsThatAskToBeScraped(string more)
    {
        using var overlay = new OwnOverlay(
            $"resources: [../{Full}, rescheduler.yaml]\ncomponents: [../components/images, {more}../components/pod-monitors, ../components/without-monitoring]", "rescheduler.yaml");
        IReadOnlyList<JsonObject> built = await overlay.BuildAsync();
        RenderedOverlay cluster = RenderedOverlay.Of(built);
        Assert.Equal(["llumnix-gateway", "llumnix-neutral", "llumnix-redis", "llumnix-rescheduler", "llumnix-scheduler"], cluster.Workloads.Select(static w => w.Name).Order());
        AssertScraped(built, cluster.Workloads);
    }

    /// <summary>The same over all overlays, whose labels differ.</summary>
    [Theory]
    [MemberData(nameof(Overlays.Rows), MemberType = typeof(Overlays))]
    public void PodMonitors_SelectThePodsOfEachOverlay(string overlay) =>
        AssertScraped(YamlDocuments.Parse(Checkout.Read("deploy/components/pod-monitors/pod-monitors.yaml")), RenderedOverlay.Load(overlay).Workloads);

    /// <summary>As deploy/README.md tells, for a Prometheus that selects by a label.</summary>
    [Fact]
    public async Task PodMonitors_WithTheLabelOfTheDocument_HaveIt()
    {
        using var overlay = new OwnOverlay(CodeBlock.YamlWith("deploy/README.md", "/metadata/labels/release"));
        JsonObject[] built = [.. await overlay.BuildAsync()];
        JsonObject[] monitors = [.. built.Where(static resource => (string)resource["kind"]! == "PodMonitor")];
        Assert.Equal(2, monitors.Length);
        Assert.All(monitors, static monitor => Assert.Equal(("kube-prometheus-stack", "llumnix"), Labels(monitor["metadata"]!["labels"]!)));
        Assert.All(built.Except(monitors), static other => Assert.Null(other["metadata"]!["labels"]?["release"]));

        static (string?, string?) Labels(JsonNode labels) => ((string?)labels["release"], (string?)labels["app.kubernetes.io/part-of"]);
    }

    [Fact]
    public async Task WithoutMonitoring_TakesPrometheusAndGrafanaOut()
    {
        using var overlay = new OwnOverlay("resources: [../plain-engines]\ncomponents: [../components/without-monitoring]");
        string[] before = [.. Kustomization.Build("plain-engines").Select(Kustomization.IdOf)];
        string[] after = [.. (await overlay.BuildAsync()).Select(Kustomization.IdOf)];
        Assert.Equal(before.Where(static id => id.Contains("-prometheus", StringComparison.Ordinal) || id.Contains("-grafana", StringComparison.Ordinal)), before.Except(after));
        Assert.Empty(after.Except(before));
    }

    /// <summary>Engines of one's own then get the policies of those that are taken out.</summary>
    [Theory]
    [InlineData("plain-engines", "")]
    [InlineData("high-availability-plain-engines", "../components/engine-api-key, ")]
    public async Task WithoutEngines_TakesTheEnginesOfTheOverlayOut(string shipped, string more)
    {
        using var overlay = new OwnOverlay($"resources: [../{shipped}]\ncomponents: [{more}../components/without-engines]");
        string[] before = [.. Kustomization.Build(shipped).Select(Kustomization.IdOf)];
        string[] after = [.. (await overlay.BuildAsync()).Select(Kustomization.IdOf)];
        Assert.Equal(["Deployment llumnix-vllm", "PersistentVolumeClaim llumnix-models", "PodDisruptionBudget llumnix-vllm"], before.Except(after).Order());
        Assert.Empty(after.Except(before));
    }

    [Theory]
    [InlineData(Full)]
    [InlineData("neutral/lite-mode-scheduling")]
    [InlineData("slo-aware/adaptive-pd")]
    [InlineData("high-availability")]
    public async Task ExternalRedis_SchedulerReachesItWithTlsAndThePassword(string shipped)
    {
        using var overlay = new OwnOverlay($"resources: [../{shipped}]\ncomponents: [external-redis]", "external-redis");
        RenderedOverlay cluster = RenderedOverlay.Of(await overlay.BuildAsync());

        V1Container scheduler = cluster.Workloads.Single(static w => w.Name == "llumnix-scheduler").Pod.Containers.Single();
        ContainerStart start = ContainerStart.Of(cluster, scheduler, new Dictionary<string, string> { ["redis-password"] = "the-redis-password" });
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [.. start.Arguments], start.Environment.ToDictionary(), SchedulerProgram.KnownNames, static path => throw new FileNotFoundException(null, path));
        Assert.Empty(parsed.Errors);
        Assert.All([parsed.Options.Cms.Redis, parsed.Options.Discovery.Redis.Redis], redis => Assert.Equal(
            ("redis.example.com", 6380, true, "/redis-ca/ca.crt", "the-redis-password"), (redis.Host, redis.Port, redis.UseTls, redis.CaFile, redis.Password.Reveal())));

        V1Volume volume = cluster.Workloads.Single(static w => w.Name == "llumnix-scheduler").Pod.Volumes.Single(static v => v.Name == "redis-ca");
        Assert.Equal(("llumnix-redis-ca", "/redis-ca"), (volume.ConfigMap.Name, scheduler.VolumeMounts.Single(static m => m.Name == "redis-ca").MountPath));
    }

    [Fact]
    public async Task ExternalRedis_TakesTheOwnRedisOutAndLetsTheSchedulerThrough()
    {
        using var overlay = new OwnOverlay($"resources: [../{Full}]\ncomponents: [external-redis]", "external-redis");
        RenderedOverlay cluster = RenderedOverlay.Of(await overlay.BuildAsync());
        Assert.DoesNotContain(cluster.Workloads, static workload => workload.Name == "llumnix-redis");
        Assert.DoesNotContain(cluster.Of<V1NetworkPolicy>(), static policy => policy.Metadata.Name == "llumnix-redis");

        // The name that everything else is given leads there.
        V1Service service = cluster.Of<V1Service>().Single(static known => known.Metadata.Name == "llumnix-redis");
        Assert.Equal(("ExternalName", "redis.example.com", null), (service.Spec.Type, service.Spec.ExternalName, service.Spec.Selector));
        V1NetworkPolicy way = cluster.Of<V1NetworkPolicy>().Single(static policy => policy.Metadata.Name == "llumnix-scheduler-external-redis");
        Assert.Equal("llumnix-scheduler", Assert.Single(cluster.Select(way.Spec.PodSelector.MatchLabels)).Name);
        Assert.Equal(["Egress"], way.Spec.PolicyTypes);
        V1NetworkPolicyEgressRule rule = Assert.Single(way.Spec.Egress);
        Assert.Equal(("10.0.0.0/24", "6380"), (Assert.Single(rule.To).IpBlock.Cidr, Assert.Single(rule.Ports).Port.Value));

        // Who else talks to Redis is not held back by a policy of its own.
        Assert.DoesNotContain(
            cluster.Of<V1NetworkPolicy>().Where(static policy => policy.Spec.PolicyTypes.Contains("Egress")).SelectMany(policy => cluster.Select(policy.Spec.PodSelector.MatchLabels)),
            static workload => workload.Name != "llumnix-scheduler" && workload.Name is not ("llumnix-prometheus" or "llumnix-grafana"));
    }

    private static void AssertScraped(IEnumerable<JsonObject> built, IEnumerable<Workload> workloads)
    {
        JsonNode[] specs = [.. built.Where(static resource => (string)resource["kind"]! == "PodMonitor").Select(static monitor => monitor["spec"]!)];
        Assert.Equal(2, specs.Length);
        string[] names = [.. Assert.Single(specs[0]["selector"]!["matchExpressions"]!.AsArray())!["values"]!.AsArray().Select(static value => (string)value!)];
        KeyValuePair<string, JsonNode?> label = Assert.Single(specs[1]["selector"]!["matchLabels"]!.AsObject());
        Assert.All(specs, static spec => Assert.Equal("http", (string)Assert.Single(spec["podMetricsEndpoints"]!.AsArray())!["port"]!));
        Assert.All(workloads, workload =>
        {
            bool[] selected = [names.Contains(workload.PodLabels["app"]), workload.PodLabels.TryGetValue(label.Key, out string? value) && value == (string)label.Value!];
            bool asks = workload.Template.Metadata.Annotations?.ContainsKey("prometheus.io/scrape") == true;
            Assert.True(selected.Count(static isSelected => isSelected) == (asks ? 1 : 0), workload.Name);
            Assert.True(!asks || workload.HasPort("http"), workload.Name);
        });
    }
}
