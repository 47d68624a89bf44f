using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Llumnix.Deploy.Tests.Manifests;

namespace Llumnix.Deploy.Tests.Charts;

/// <summary>
/// The chart's templates, made of the overlay <c>high-availability-plain-engines</c>: its objects, with values of the chart where installations differ. What
/// <c>plain-engines</c> does without is for several schedulers alone. The PodMonitors are those of the component <c>pod-monitors</c>, and what engines with an API
/// key need is that of the component <c>engine-api-key</c>.
/// </summary>
internal static partial class ChartTemplates
{
    private const string Scheduler = "llumnix-scheduler";
    private const string Gateway = "llumnix-gateway";
    private const string Engines = "llumnix-vllm";
    private const string HasSeveralSchedulers = "gt (int .Values.scheduler.replicas) 1";
    private const string HasEngineKey = ".Values.engines.apiKey";

    /// <summary>The text of each file of the folder templates that is made of the overlay.</summary>
    public static IReadOnlyDictionary<string, string> Build()
    {
        IReadOnlyList<JsonObject> monitors = YamlDocuments.Parse(Checkout.Read("deploy/components/pod-monitors/pod-monitors.yaml"));
        Dictionary<string, JsonObject> ofOne = Kustomization.Build("plain-engines").Concat(monitors).ToDictionary(Kustomization.IdOf);
        JsonObject[] objects =
        [
            .. Kustomization.Build("high-availability-plain-engines").Where(static resource => FileOf(resource).Length > 0),
            .. monitors.Select(static monitor => monitor.DeepClone().AsObject()),
        ];
        foreach (JsonObject resource in objects)
        {
            if (ofOne.TryGetValue(Kustomization.IdOf(resource), out JsonObject? one) && KindOf(resource) == "Deployment")
            {
                MarkAdditions(ContainerOf(resource), ContainerOf(one));
            }

            Parametrize(resource);
        }

        return objects.GroupBy(FileOf).ToDictionary(
            static file => file.Key, file => HeaderOf(file.Key) + string.Concat(file.Select(resource => Write(resource, isForSeveral: !ofOne.ContainsKey(Kustomization.IdOf(resource))))));
    }

    private static string HeaderOf(string file) =>
        $"{{{{- /* Made of deploy/{(file == "pod-monitors.yaml" ? "components/pod-monitors" : "high-availability-plain-engines")}. To rewrite it: LLUMNIX_UPDATE_REFERENCE=1 dotnet test --project tests/Llumnix.Deploy.Tests */}}}}\n";

    private static JsonObject ContainerOf(JsonObject deployment) => (JsonObject)deployment["spec"]!["template"]!["spec"]!["containers"]![0]!;

    /// <summary>Marks the variables and ports that one scheduler does without.</summary>
    private static void MarkAdditions(JsonObject container, JsonObject ofOne)
    {
        foreach (string key in new[] { "env", "ports" }.Where(key => container[key] is not null))
        {
            var items = new JsonArray();
            var added = new List<JsonNode?>();
            foreach (JsonNode? item in container[key]!.AsArray())
            {
                if (ofOne[key]?.AsArray().Any(other => JsonNode.DeepEquals(item, other)) == true)
                {
                    AddMarked(items, added);
                    items.Add(item!.DeepClone());
                }
                else
                {
                    added.Add(item);
                }
            }

            AddMarked(items, added);
            container[key] = items;
        }
    }

    private static void AddMarked(JsonArray items, List<JsonNode?> added)
    {
        if (added.Count > 0)
        {
            items.Add(TemplateWriter.When(HasSeveralSchedulers, added));
            added.Clear();
        }
    }

    private static string NameOf(JsonObject resource) => (string)resource["metadata"]!["name"]!;

    private static string KindOf(JsonObject resource) => (string)resource["kind"]!;

    /// <summary>Empty for what the chart leaves out: Prometheus and Grafana, which installations with Helm have already.</summary>
    private static string FileOf(JsonObject resource) => (KindOf(resource), NameOf(resource)) switch
    {
        (_, var name) when name.StartsWith("llumnix-prometheus", StringComparison.Ordinal) || name.StartsWith("llumnix-grafana", StringComparison.Ordinal) => "",
        ("ConfigMap", _) => "",
        ("NetworkPolicy", _) => "network-policies.yaml",
        ("PodMonitor", _) => "pod-monitors.yaml",
        ("Role" or "RoleBinding", _) => "rbac.yaml",
        (_, Scheduler) => "scheduler.yaml",
        (_, Gateway) => "gateway.yaml",
        (_, Engines or "llumnix-models") => "engines.yaml",
        _ => throw new InvalidOperationException($"the chart has no place for {Kustomization.IdOf(resource)}"),
    };

    /// <summary>When an object is part of the installation; empty for always.</summary>
    private static string ConditionOf(JsonObject resource) => (KindOf(resource), NameOf(resource)) switch
    {
        ("NetworkPolicy", Gateway) => "and .Values.networkPolicies .Values.gateway.enabled",
        ("NetworkPolicy", "llumnix-engines") => "and .Values.networkPolicies .Values.engines.create",
        ("NetworkPolicy", _) => ".Values.networkPolicies",
        ("PodMonitor", _) => ".Values.monitoring.podMonitor",
        ("PersistentVolumeClaim", _) => "and .Values.engines.create (not .Values.engines.existingClaim)",
        ("PodDisruptionBudget", Engines) => "and .Values.engines.create (or .Values.engines.autoscaled (gt (int .Values.engines.replicas) 1))",
        ("PodDisruptionBudget", Gateway) => "and .Values.gateway.enabled (gt (int .Values.gateway.replicas) 1)",
        (_, Engines) => ".Values.engines.create",
        (_, Gateway) => ".Values.gateway.enabled",
        _ => "",
    };

    private static void Parametrize(JsonObject resource)
    {
        ParametrizeEngineLabels(resource);
        SetLabels((JsonObject)resource["metadata"]!);
        string part = NameOf(resource) switch { Scheduler => "scheduler", Gateway => "gateway", _ => "engines" };
        string values = $".Values.{part}";
        if (KindOf(resource) == "Service" && part == "gateway")
        {
            var metadata = (JsonObject)resource["metadata"]!;
            metadata["annotations"] = TemplateWriter.Optional($"{values}.service.annotations");
            var spec = (JsonObject)resource["spec"]!;
            spec["type"] = TemplateWriter.Scalar($"{values}.service.type");
            spec["ports"]![0]!["port"] = TemplateWriter.Scalar($"{values}.service.port");
        }

        if (KindOf(resource) == "PersistentVolumeClaim")
        {
            resource["spec"]!["storageClassName"] = TemplateWriter.Optional($"{values}.storageClassName");
            resource["spec"]!["resources"]!["requests"]!["storage"] = TemplateWriter.Scalar($"{values}.storage");
        }

        if (KindOf(resource) == "PodMonitor")
        {
            resource["metadata"]!["labels"]![TemplateWriter.EntriesOf(".Values.monitoring.labels")] = null;
        }

        if (KindOf(resource) == "PodMonitor" && NameOf(resource) == "llumnix-engines")
        {
            // Those that the chart does not make have a port of their own choice, by whatever name.
            JsonNode made = resource["spec"]!["podMetricsEndpoints"]![0]!;
            var other = new JsonObject { ["targetPort"] = TemplateWriter.Scalar($"{values}.port"), ["interval"] = made["interval"]!.DeepClone() };
            resource["spec"]!["podMetricsEndpoints"] = new JsonArray(
                TemplateWriter.When($"{values}.create", [made]), TemplateWriter.When($"not {values}.create", [other]));
        }

        if (KindOf(resource) == "Deployment")
        {
            ParametrizePods((JsonObject)resource["spec"]!, part, values);
        }
    }

    private static void ParametrizePods(JsonObject spec, string part, string values)
    {
        spec["replicas"] = TemplateWriter.Scalar($"{values}.replicas");
        if (part == "engines")
        {
            // An autoscaler sets the number; that of the chart would put it back with every upgrade.
            JsonNode replicas = spec["replicas"]!.DeepClone();
            spec.Remove("replicas");
            spec.Insert(0, TemplateWriter.If($"not {values}.autoscaled"), new JsonObject { ["replicas"] = replicas });
        }

        SetLabels((JsonObject)spec["template"]!["metadata"]!, "llumnix.podLabels");
        ((JsonObject)spec["template"]!["metadata"]!["annotations"]!)[TemplateWriter.EntriesOf($"{values}.podAnnotations")] = null;
        var pod = (JsonObject)spec["template"]!["spec"]!;
        pod["imagePullSecrets"] = TemplateWriter.Optional(".Values.imagePullSecrets");
        pod["priorityClassName"] = TemplateWriter.Optional($"{values}.priorityClassName");
        pod["nodeSelector"] = TemplateWriter.Optional($"{values}.nodeSelector");
        pod["tolerations"] = TemplateWriter.Optional($"{values}.tolerations");
        SetAffinity(pod, $"{values}.affinity");
        JsonNode keyPod = YamlDocuments.Parse(Checkout.Read($"deploy/components/engine-api-key/{part}.yaml")).Single()["spec"]!["template"]!["spec"]!;
        SetList(pod, "volumes", keyPod["volumes"], $"{values}.extraVolumes");

        var container = (JsonObject)pod["containers"]![0]!;
        container["image"] = TemplateWriter.Scalar($"include \"llumnix.image\" {values}.image");
        container["imagePullPolicy"] = TemplateWriter.Scalar($"{values}.image.pullPolicy");
        container["resources"] = TemplateWriter.Block($"{values}.resources");
        container["args"] = Append((JsonArray)container["args"]!, $"{values}.extraArgs");
        JsonNode keyContainer = keyPod["containers"]![0]!;
        SetList(container, "env", keyContainer["env"], $"{values}.extraEnv");
        SetList(container, "volumeMounts", keyContainer["volumeMounts"], $"{values}.extraVolumeMounts");
        if (part == "engines")
        {
            container["args"]!.AsArray()[1] = "--served-model-name={{ .Values.engines.model }}";
            pod["volumes"]!.AsArray()[0]!["persistentVolumeClaim"]!["claimName"] =
                "{{ .Values.engines.existingClaim | default (printf \"%s-models\" (include \"llumnix.name\" .)) }}";
        }
    }

    /// <summary>What a value says takes the place of what the overlay says.</summary>
    private static void SetAffinity(JsonObject pod, string expression)
    {
        int index = pod.IndexOf("affinity");
        if (index >= 0)
        {
            JsonNode fixedAffinity = pod["affinity"]!.DeepClone();
            pod.RemoveAt(index);
            pod.Insert(index, TemplateWriter.If($"not {expression}"), new JsonObject { ["affinity"] = fixedAffinity });
        }

        pod["affinity"] = TemplateWriter.Optional(expression);
    }

    /// <summary>A list of the items for an API key of the engines (null: it needs none), those of the overlay and those that a value adds.</summary>
    private static void SetList(JsonObject owner, string key, JsonNode? forEngineKey, string expression)
    {
        var items = new JsonArray();
        if (forEngineKey is JsonArray added)
        {
            items.Add(TemplateWriter.When(HasEngineKey, added));
        }

        if (owner[key] is JsonArray fixedItems)
        {
            fixedItems.ToList().ForEach(item => items.Add(item!.DeepClone()));
            items.Add(TemplateWriter.Items(expression));
            owner[key] = items;
        }
        else if (items.Count > 0)
        {
            items.Add(TemplateWriter.Items(expression));
            owner[TemplateWriter.If($"or {HasEngineKey} {expression}")] = new JsonObject { [key] = items };
        }
        else
        {
            owner[key] = TemplateWriter.Optional(expression);
        }
    }

    /// <summary>Installations with engines of their own say which labels these have.</summary>
    private static void ParametrizeEngineLabels(JsonNode? node)
    {
        if (node is JsonObject mapping)
        {
            if ((mapping["llumnix.dev/component"] as JsonValue)?.ToString() == "engine")
            {
                mapping.Remove("llumnix.dev/component");
                mapping[TemplateWriter.Entries("llumnix.engineLabels")] = null;
            }

            mapping.Select(static pair => pair.Value).ToList().ForEach(ParametrizeEngineLabels);
        }
        else if (node is JsonArray sequence)
        {
            sequence.ToList().ForEach(ParametrizeEngineLabels);
        }
    }

    /// <summary>The labels of the overlay, in the words of charts. Those by which objects find each other stay.</summary>
    private static void SetLabels(JsonObject metadata, string template = "llumnix.labels")
    {
        var labels = (JsonObject)metadata["labels"]!;
        labels.Remove("app.kubernetes.io/part-of");
        labels[TemplateWriter.Entries(template)] = null;
    }

    private static JsonArray Append(JsonArray items, string expression) =>
        [.. items.Select(static item => item!.DeepClone()), TemplateWriter.Items(expression)];

    private static string Write(JsonObject resource, bool isForSeveral)
    {
        string condition = ConditionOf(resource);
        condition = !isForSeveral ? condition : condition.Length == 0 ? HasSeveralSchedulers : $"and {condition} ({HasSeveralSchedulers})";
        var text = new StringBuilder();
        text.Append(condition.Length == 0 ? "" : $"{{{{- if {condition} }}}}\n").Append("---\n");
        text.Append(Fill(TemplateWriter.Write(resource)));
        return text.Append(condition.Length == 0 ? "" : "{{- end }}\n").ToString();
    }

    /// <summary>What occurs everywhere: the prefix of names, the Secret, the label of engines.</summary>
    private static string Fill(string text)
    {
        foreach ((string fixedText, string value) in new[]
        {
            ("name: llumnix\n", "name: {{ .Values.secretName }}\n"),
            ("secretName: llumnix\n", "secretName: {{ .Values.secretName }}\n"),
            ("--discovery-kubernetes-selector=llumnix.dev/component=engine", "--discovery-kubernetes-selector={{ .Values.engines.selector }}"),
            ("--discovery-kubernetes-port=8000", "--discovery-kubernetes-port={{ .Values.engines.port }}"),
            ("--scheduling-policy=load-balance", "--scheduling-policy={{ .Values.scheduler.policy }}"),
        })
        {
            text = text.Replace(fixedText, value, StringComparison.Ordinal);
        }

        return Prefix().Replace(text, "{{ include \"llumnix.name\" . }}-$1");
    }

    [GeneratedRegex("llumnix-(scheduler|rescheduler|control-plane|gateway|vllm|engines|engine-discovery|models|prometheus)")]
    private static partial Regex Prefix();
}
