using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using k8s;
using k8s.Models;
using Llumnix.Deploy.Tests.Manifests;

namespace Llumnix.Deploy.Tests.Charts;

/// <summary>The Helm chart says what the overlay says, and its values change what they promise.</summary>
public sealed class ChartTests(Chart chart) : IClassFixture<Chart>
{
    private const string Everything = """
        imagePullSecrets: [{name: registry}]
        engines: {create: true, replicas: 3, existingClaim: weights, storageClassName: fast, extraArgs: [--tensor-parallel-size=2], nodeSelector: {gpu: h20}, podAnnotations: {sidecar.istio.io/inject: "false"}, priorityClassName: high}
        scheduler: {replicas: 2, policy: slo, extraArgs: [--dispatch-top-k=2], nodeSelector: {zone: a}, tolerations: [{key: a, operator: Exists}], podAnnotations: {c: d}, affinity: {nodeAffinity: {}}}
        gateway:
          replicas: 1
          extraArgs: [--api-key-file=/keys/keys.json]
          extraEnv: [{name: A, value: "1"}]
          extraVolumes: [{name: keys, secret: {secretName: keys}}]
          extraVolumeMounts: [{name: keys, mountPath: /keys}]
          service: {type: LoadBalancer, port: 80, annotations: {a: b}}
          ingress: {enabled: true, className: nginx, host: llm.example, tlsSecretName: certificate, annotations: {e: f}}
        monitoring: {podMonitor: true, alerts: true, dashboards: true, runbooks: "https://runbooks.example/operations"}
        """;

    private static readonly JsonSerializerOptions RelaxedJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Templates_AreThoseOfTheOverlay()
    {
        IReadOnlyDictionary<string, string> files = ChartTemplates.Build();
        Assert.Equal(["engines.yaml", "gateway.yaml", "network-policies.yaml", "pod-monitors.yaml", "rbac.yaml", "scheduler.yaml"], files.Keys.Order());
        foreach ((string name, string text) in files)
        {
            string path = $"{Chart.Folder}/templates/{name}";
            if (Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_REFERENCE") == "1")
            {
                await File.WriteAllTextAsync(Checkout.PathOf(path), text, TestContext.Current.CancellationToken);
            }

            Assert.Equal(Checkout.Read(path), text);
        }
    }

    /// <summary>Also with another prefix of names, put back: nothing holds on to the old one.</summary>
    [Theory]
    [InlineData("llumnix", 1, "plain-engines")]
    [InlineData("other", 1, "plain-engines")]
    [InlineData("other", 2, "high-availability-plain-engines")]
    public async Task Render_WithEngines_IsTheOverlay(string prefix, int schedulers, string overlay)
    {
        IReadOnlyList<JsonObject> rendered = await chart.RenderAsync($"{{namePrefix: {prefix}, engines: {{create: true}}, scheduler: {{replicas: {schedulers}}}}}");
        Dictionary<string, JsonNode> expected = Kustomization.Build(overlay)
            .Where(static resource => !Regex.IsMatch(Kustomization.IdOf(resource), "^ConfigMap |-prometheus|-grafana"))
            .ToDictionary(Kustomization.IdOf, static resource => WithoutLabelsOfTheWhole(resource));
        Dictionary<string, JsonNode> actual = Objects(rendered)
            .Select(resource => JsonNode.Parse(resource.ToJsonString().Replace($"{prefix}-", "llumnix-", StringComparison.Ordinal))!.AsObject())
            .ToDictionary(Kustomization.IdOf, static resource => WithoutLabelsOfTheWhole(resource));
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, pair => Assert.True(JsonNode.DeepEquals(pair.Value, actual[pair.Key]), $"{pair.Key}\n{pair.Value}\n{actual[pair.Key]}"));
    }

    [Fact]
    public async Task Render_WithAnApiKeyOfTheEngines_IsTheOverlayWithTheComponent()
    {
        using var overlay = new OwnOverlay("resources: [../plain-engines]\ncomponents: [../components/engine-api-key]");
        IReadOnlyList<JsonObject> rendered = await chart.RenderAsync("{engines: {create: true, apiKey: true}}");
        Dictionary<string, V1PodSpec> expected = Pods(await overlay.BuildAsync());
        Dictionary<string, V1PodSpec> actual = Pods(rendered);
        Assert.All(new[] { "llumnix-scheduler", "llumnix-gateway", "llumnix-vllm" }, name =>
        {
            Assert.Equal(Yaml(expected[name].Containers[0].Env), Yaml(actual[name].Containers[0].Env));
            Assert.Equal(Yaml(expected[name].Containers[0].VolumeMounts), Yaml(actual[name].Containers[0].VolumeMounts));
            Assert.Equal(Yaml(expected[name].Volumes), Yaml(actual[name].Volumes));
        });

        static Dictionary<string, V1PodSpec> Pods(IReadOnlyList<JsonObject> objects) =>
            Of<V1Deployment>(objects).ToDictionary(static deployment => deployment.Metadata.Name, static deployment => deployment.Spec.Template.Spec);
        static string Yaml(object? value) => KubernetesYaml.Serialize(value);
    }

    [Fact]
    public async Task Render_AutoscaledEngines_HaveNoNumberAndABudget()
    {
        IReadOnlyList<JsonObject> rendered = await chart.RenderAsync("{engines: {create: true, autoscaled: true, replicas: 1}}");
        Assert.Null(Of<V1Deployment>(rendered).Single(static deployment => deployment.Metadata.Name == "llumnix-vllm").Spec.Replicas);
        Assert.Contains(Of<V1PodDisruptionBudget>(rendered), static budget => budget.Metadata.Name == "llumnix-vllm");
    }

    /// <summary>An alert without the label would link to nothing.</summary>
    [Theory]
    [InlineData("{monitoring: {alerts: true}}", true)]
    [InlineData("{monitoring: {alerts: true, runbooks: 'https://runbooks.example'}}", false)]
    [InlineData("", false)]
    public async Task Notes_AlertsWithoutRunbooks_NameTheLabel(string values, bool isNamed) =>
        Assert.Equal(isNamed, Notes(await chart.RenderAsync(values)).Contains("external label runbooks", StringComparison.Ordinal));

    /// <summary>The scheduler's network policy admits no gateway without the label.</summary>
    [Theory]
    [InlineData("{gateway: {enabled: false}}", true)]
    [InlineData("{gateway: {enabled: false}, networkPolicies: false}", false)]
    [InlineData("", false)]
    public async Task Notes_GatewayOfOnesOwn_NameItsLabel(string values, bool isNamed) =>
        Assert.Equal(isNamed, Notes(await chart.RenderAsync(values)).Contains("llumnix.dev/component=gateway", StringComparison.Ordinal));

    [Fact]
    public async Task Render_WithoutValues_HasNoEngines()
    {
        IReadOnlyList<JsonObject> rendered = await chart.RenderAsync();
        Assert.Equal(["llumnix-gateway", "llumnix-scheduler"], Of<V1Deployment>(rendered).Select(static deployment => deployment.Metadata.Name).Order());
        Assert.Contains("llumnix-gateway.models:8089/v1", Notes(rendered), StringComparison.Ordinal);
        Assert.Contains("-l llumnix.dev/component=engine", Notes(rendered), StringComparison.Ordinal);
    }

    /// <summary>Read by the types of the Kubernetes API: an unknown field or a wrong type is an error.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("{engines: {create: true}}")]
    [InlineData("{engines: {create: true, apiKey: true, autoscaled: true}, scheduler: {replicas: 2}}")]
    [InlineData("{gateway: {enabled: false}, networkPolicies: false}")]
    [InlineData(Everything)]
    public async Task Render_GivesObjectsOfKubernetes(string values) => Assert.All(
        Objects(await chart.RenderAsync(values)).Where(static resource => !((string)resource["apiVersion"]!).StartsWith("monitoring.coreos.com/", StringComparison.Ordinal)),
        static resource => Assert.NotNull(Assert.Single(KubernetesYaml.LoadAllFromString(resource.ToJsonString(), null, true))));

    [Fact]
    public async Task Render_Everything_IsWhatTheValuesSay()
    {
        IReadOnlyList<JsonObject> rendered = await chart.RenderAsync(Everything);
        Dictionary<string, V1Deployment> deployments = Of<V1Deployment>(rendered).ToDictionary(static deployment => deployment.Metadata.Name);
        (V1PodSpec scheduler, V1PodSpec gateway, V1PodSpec engines) = (PodOf("scheduler"), PodOf("gateway"), PodOf("vllm"));
        Assert.Equal([2, 1, 3], new[] { "scheduler", "gateway", "vllm" }.Select(name => deployments[$"llumnix-{name}"].Spec.Replicas!.Value));
        Assert.All([scheduler, gateway, engines], static pod => Assert.Equal("registry", Assert.Single(pod.ImagePullSecrets).Name));
        Assert.Equal("--dispatch-top-k=2", scheduler.Containers[0].Args[^1]);
        Assert.Contains("--scheduling-policy=slo", scheduler.Containers[0].Args);
        Assert.Equal(("a", "a"), (scheduler.NodeSelector["zone"], Assert.Single(scheduler.Tolerations).Key));
        Assert.Equal("--api-key-file=/keys/keys.json", gateway.Containers[0].Args[^1]);
        Assert.Equal(("keys", "/keys", "A"), (Assert.Single(gateway.Volumes).Secret.SecretName, Assert.Single(gateway.Containers[0].VolumeMounts).MountPath, gateway.Containers[0].Env[^1].Name));
        Assert.Equal(("weights", "high"), (engines.Volumes[0].PersistentVolumeClaim.ClaimName, engines.PriorityClassName));
        V1Service service = Of<V1Service>(rendered).Single(static service => service.Metadata.Name == "llumnix-gateway");
        Assert.Equal(("LoadBalancer", 80, "b"), (service.Spec.Type, service.Spec.Ports[0].Port, service.Metadata.Annotations["a"]));
        V1Ingress ingress = Assert.Single(Of<V1Ingress>(rendered));
        V1IngressRule rule = Assert.Single(ingress.Spec.Rules);
        Assert.Equal(("nginx", "llm.example", "f"), (ingress.Spec.IngressClassName, rule.Host, ingress.Metadata.Annotations["e"]));
        // Neither metrics nor probes, which need no key.
        Assert.Equal("/v1", Assert.Single(rule.Http.Paths).Path);
        Assert.Equal((service.Metadata.Name, service.Spec.Ports[0].Name), (rule.Http.Paths[0].Backend.Service.Name, rule.Http.Paths[0].Backend.Service.Port.Name));
        Assert.Equal(("certificate", "llm.example"), (Assert.Single(ingress.Spec.Tls).SecretName, Assert.Single(ingress.Spec.Tls[0].Hosts)));
        Assert.Equal((true, true), (scheduler.Affinity.NodeAffinity is not null, scheduler.Affinity.PodAntiAffinity is null));
        Assert.Equal("false", deployments["llumnix-vllm"].Spec.Template.Metadata.Annotations["sidecar.istio.io/inject"]);
        Assert.Equal(("8002", "d"), (AnnotationOf("prometheus.io/port"), AnnotationOf("c")));
        string AnnotationOf(string name) => deployments["llumnix-scheduler"].Spec.Template.Metadata.Annotations[name];
        Assert.Empty(Of<V1PersistentVolumeClaim>(rendered));
        Assert.Equal(["llumnix-scheduler", "llumnix-vllm"], Of<V1PodDisruptionBudget>(rendered).Select(static budget => budget.Metadata.Name).Order());

        JsonNode alerts = Assert.Single(YamlDocuments.Parse(Checkout.Read("deploy/base/monitoring/alerts.yml")))["groups"]!;
        string expected = alerts.ToJsonString()
            .Replace("{{ with $externalLabels.runbooks }}{{ . }}", "https://runbooks.example/operations", StringComparison.Ordinal).Replace("{{ end }}", "", StringComparison.Ordinal);
        Assert.NotEqual(alerts.ToJsonString(), expected);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), Alerts(rendered)));
        Assert.True(JsonNode.DeepEquals(alerts, Alerts(await chart.RenderAsync("{monitoring: {alerts: true}}"))));
        V1ConfigMap dashboards = Assert.Single(Of<V1ConfigMap>(rendered));
        Assert.Equal(Directory.GetFiles(Checkout.PathOf("deploy/base/monitoring/dashboards")).Select(Path.GetFileName).Order(), dashboards.Data.Keys.Order());
        Assert.All(dashboards.Data, pair => Assert.Equal(Checkout.Read($"deploy/base/monitoring/dashboards/{pair.Key}"), pair.Value));
        V1PodSpec PodOf(string name) => deployments[$"llumnix-{name}"].Spec.Template.Spec;
    }

    /// <summary>Without them the Prometheus of kube-prometheus-stack sees none of the objects.</summary>
    [Theory]
    [InlineData("{monitoring: {podMonitor: true, alerts: true, labels: {release: prometheus, team: a}}}", "prometheus")]
    [InlineData("{monitoring: {podMonitor: true, alerts: true}}", null)]
    public async Task Render_LabelsOfMonitoring_AreOnPodMonitorsAndAlerts(string values, string? release)
    {
        JsonObject[] objects = [.. Objects(await chart.RenderAsync(values)).Where(static resource => ((string)resource["apiVersion"]!).StartsWith("monitoring.coreos.com/", StringComparison.Ordinal))];
        Assert.Equal(["PodMonitor", "PodMonitor", "PrometheusRule"], objects.Select(static resource => (string)resource["kind"]!).Order());
        Assert.All(objects, resource => Assert.Equal(release, (string?)resource["metadata"]!["labels"]!["release"]));
        Assert.All(objects, static resource => Assert.Equal("llumnix", (string?)resource["metadata"]!["labels"]!["app.kubernetes.io/part-of"]));
    }

    /// <summary>Processes that have never answered are known by their names.</summary>
    [Fact]
    public async Task Render_AlertsOfAnotherPrefix_KnowItsProcesses()
    {
        string text = Alerts(await chart.RenderAsync("{namePrefix: other, monitoring: {alerts: true}}")).ToJsonString(RelaxedJson);
        Assert.Contains("up{pod=~\\\"other-(re)?scheduler-.+\\\"}", text, StringComparison.Ordinal);
        Assert.Contains("up{pod=~\\\"other-gateway-.+\\\"}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\\\"llumnix-", text, StringComparison.Ordinal);
    }

    /// <summary>Also engines that are there already: by their labels, at their port.</summary>
    [Theory]
    [InlineData("{monitoring: {podMonitor: true}, engines: {selector: 'tier=gpu,app=vllm', port: 9000}}", "{tier: gpu, app: vllm}", "{targetPort: 9000, interval: 5s}")]
    [InlineData("{monitoring: {podMonitor: true}, engines: {create: true}}", "{llumnix.dev/component: engine}", "{port: http, interval: 5s}")]
    public async Task Render_PodMonitors_ScrapeSchedulerReschedulerGatewayAndEngines(string values, string labels, string endpoint)
    {
        JsonObject[] monitors = [.. Objects(await chart.RenderAsync(values)).Where(static resource => (string)resource["kind"]! == "PodMonitor")];
        Assert.Equal(["llumnix-control-plane", "llumnix-engines"], monitors.Select(static monitor => (string)monitor["metadata"]!["name"]!));
        Assert.Equal(
            ["llumnix-scheduler", "llumnix-rescheduler", "llumnix-gateway"],
            monitors[0]["spec"]!["selector"]!["matchExpressions"]![0]!["values"]!.AsArray().Select(static name => (string)name!));
        Assert.True(JsonNode.DeepEquals(YamlDocuments.Parse(labels)[0], monitors[1]["spec"]!["selector"]!["matchLabels"]));
        Assert.True(JsonNode.DeepEquals(YamlDocuments.Parse(endpoint)[0], Assert.Single(monitors[1]["spec"]!["podMetricsEndpoints"]!.AsArray())));
    }

    [Fact]
    public async Task Render_OtherLabelsAndPortOfEngines_AreFoundAndLetThrough()
    {
        IReadOnlyList<JsonObject> rendered = await chart.RenderAsync("{engines: {create: true, port: 9000, selector: 'app.kubernetes.io/name=mine,tier=gpu'}}");
        Assert.All(Of<V1Deployment>(rendered).Where(static deployment => deployment.Metadata.Name != "llumnix-vllm"), static deployment => Assert.Equal(
            ["--discovery-kubernetes-selector=app.kubernetes.io/name=mine,tier=gpu", "--discovery-kubernetes-port=9000"],
            deployment.Spec.Template.Spec.Containers[0].Args.Where(static argument => argument.StartsWith("--discovery-kubernetes-", StringComparison.Ordinal))));
        Assert.Contains(
            Of<V1NetworkPolicy>(rendered).SelectMany(static policy => policy.Spec.Egress ?? []).SelectMany(static rule => rule.To ?? []),
            static peer => peer.PodSelector?.MatchLabels is { Count: 2 } labels && labels["app.kubernetes.io/name"] == "mine" && labels["tier"] == "gpu");
        IDictionary<string, string> pods = Of<V1Deployment>(rendered).Single(static deployment => deployment.Metadata.Name == "llumnix-vllm").Spec.Template.Metadata.Labels;
        Assert.Equal(("mine", "gpu"), (pods["app.kubernetes.io/name"], pods["tier"]));
    }

    /// <summary>The chart has no store, and its schedulers measure what is recommended with plain engines.</summary>
    [Fact]
    public async Task Render_Scheduler_HasNoPasswordOfRedisAndTheMeasureOfPlainEngines()
    {
        V1Container scheduler = Of<V1Deployment>(await chart.RenderAsync()).Single(static deployment => deployment.Metadata.Name == "llumnix-scheduler").Spec.Template.Spec.Containers[0];
        Assert.DoesNotContain(scheduler.Env, static variable => variable.Name.Contains("REDIS", StringComparison.Ordinal));
        Assert.Contains("--dispatch-neutral-load-metric=prefill_tokens_and_requests", scheduler.Args);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(Everything, true)]
    [InlineData("{gateway: {ingress: {hosts: [a]}}}", false)]
    [InlineData("{gateway: {affinity: []}}", false)]
    [InlineData("{gateway: {podAnnotations: {a: 1}}}", false)]
    [InlineData("{engines: {podAnnotations: {prometheus.io/path: /m}}}", false)]
    [InlineData("{scheduler: {podAnnotations: {llumnix.dev/port: '1'}}}", false)]
    [InlineData("{scheduler: {replicas: two}}", false)]
    [InlineData("{scheduler: {policy: fastest}}", false)]
    [InlineData("{scheduler: {extraArgs: [dispatch-top-k=2]}}", false)]
    [InlineData("{gateway: {service: {port: 0}}}", false)]
    [InlineData("{gateways: {replicas: 2}}", false)]
    [InlineData("{namePrefix: Other_}", false)]
    [InlineData("{engines: {selector: app=vllm}}", true)]
    [InlineData("{monitoring: {labels: {release: prometheus}}}", true)]
    [InlineData("{monitoring: {labels: [release]}}", false)]
    [InlineData("{engines: {apiKey: secret}}", false)]
    [InlineData("{engines: {selector: app in (vllm)}}", false)]
    [InlineData("{engines: {selector: 'tier=gpu,llumnix.dev/component=gateway'}}", false)]
    [InlineData("{engines: {selector: 'llumnix.dev/component=gateways'}}", true)]
    public void Schema_TakesWhatHasAMeaning(string values, bool isTaken)
    {
        JsonSchema schema = JsonSchema.FromText(Checkout.Read($"{Chart.Folder}/values.schema.json"));
        JsonNode given = YamlDocuments.Parse(values) is [{ } document, ..] ? document : new JsonObject();
        Assert.Equal(isTaken, schema.Evaluate(given.Deserialize<JsonElement>()).IsValid);
        Assert.True(schema.Evaluate(YamlDocuments.Parse(Checkout.Read($"{Chart.Folder}/values.yaml")).Single().Deserialize<JsonElement>()).IsValid);
    }

    [Theory]
    [InlineData("{engines: {create: true, selector: 'tier=gpu,app=vllm'}}", "engines.selector: the chart's own engines (engines.create) have another label app")]
    [InlineData("{engines: {create: true, selector: app.kubernetes.io/part-of=x}}", "(engines.create) have another label app.kubernetes.io/part-of")]
    [InlineData("{engines: {create: true, selector: 'a=b,a=c'}}", "engines.selector: names the label a twice")]
    [InlineData("{monitoring: {podMonitor: true}, engines: {selector: 'a=b,c=d,a=b'}}", "engines.selector: names the label a twice")]
    public async Task Render_LabelsThatNoEngineCanHave_FailsAndSaysWhich(string values, string message) =>
        Assert.Contains(message, (await Assert.ThrowsAnyAsync<Exception>(() => chart.RenderAsync(values))).Message, StringComparison.Ordinal);

    private static IEnumerable<JsonObject> Objects(IEnumerable<JsonObject> rendered) => rendered.Where(static resource => (string)resource["kind"]! != "Notes");

    private static JsonNode Alerts(IEnumerable<JsonObject> rendered) =>
        Objects(rendered).Single(static resource => (string)resource["kind"]! == "PrometheusRule")["spec"]!["groups"]!;

    private static string Notes(IEnumerable<JsonObject> rendered) => (string)rendered.Single(static resource => (string)resource["kind"]! == "Notes")["text"]!;

    private static IReadOnlyList<T> Of<T>(IEnumerable<JsonObject> rendered)
    {
        string kind = typeof(T).Name[2..];
        return [.. Objects(rendered).Where(resource => (string)resource["kind"]! == kind)
            .Select(static resource => KubernetesYaml.Deserialize<T>(resource.ToJsonString(), true))];
    }

    /// <summary>Labels that say which installation an object belongs to, and what Kubernetes assumes anyway.</summary>
    private static JsonNode WithoutLabelsOfTheWhole(JsonNode resource)
    {
        if (resource is JsonArray sequence)
        {
            sequence.ToList().ForEach(static item => WithoutLabelsOfTheWhole(item!));
        }
        else if (resource is JsonObject mapping)
        {
            foreach ((string key, JsonNode? value) in mapping.ToList())
            {
                bool isOfTheWhole = key is "helm.sh/chart" or "app.kubernetes.io/managed-by" or "app.kubernetes.io/instance" or "app.kubernetes.io/version"
                    || (key == "imagePullPolicy" && value!.ToString() == "IfNotPresent") || (key == "type" && value!.ToString() == "ClusterIP");
                if (isOfTheWhole || value is null)
                {
                    mapping.Remove(key);
                }
                else
                {
                    WithoutLabelsOfTheWhole(value);
                }
            }
        }

        return resource;
    }
}
