using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>Builds a kustomization, as far as deploy/ uses it. Anything beyond that is an error.</summary>
internal static class Kustomization
{
    private static readonly string[] Known =
        ["apiVersion", "kind", "resources", "components", "patches", "labels", "configMapGenerator", "generatorOptions"];

    private static readonly string[] KnownInComponents = ["apiVersion", "kind", "resources", "patches", "images"];

    /// <summary>What was built already. The shipped folders stay what they are while tests run.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<JsonObject>>> Built = new();

    /// <summary>The resources of a folder below deploy/, which is built once; the caller may change those that it gets.</summary>
    public static IReadOnlyList<JsonObject> Build(string folder) =>
    [
        .. Built.GetOrAdd(folder, static name => new Lazy<IReadOnlyList<JsonObject>>(() => BuildFolder(Checkout.PathOf(Path.Combine("deploy", name))))).Value
            .Select(static resource => resource.DeepClone().AsObject()),
    ];

    /// <summary>What a resource is called: kind and name.</summary>
    public static string IdOf(JsonObject resource) => $"{resource["kind"]} {resource["metadata"]!["name"]}";

    /// <summary>The resources of a folder anywhere.</summary>
    internal static List<JsonObject> BuildFolder(string folder)
    {
        JsonObject kustomization = Assert.Single(YamlDocuments.Parse(File.ReadAllText(Path.Combine(folder, "kustomization.yaml"))));
        Assert.Empty(kustomization.Select(pair => pair.Key).Except(Known));
        List<JsonObject> resources =
        [
            .. Items(kustomization, "resources").SelectMany(item => Load(Path.GetFullPath(Path.Combine(folder, (string)item!)))),
            .. Items(kustomization, "configMapGenerator").Select(item => ConfigMap(folder, (JsonObject)item!)),
        ];
        Assert.Equal(resources.Count, resources.Select(IdOf).Distinct().Count());
        foreach (JsonNode? item in Items(kustomization, "components"))
        {
            AddComponent(resources, Path.GetFullPath(Path.Combine(folder, (string)item!)));
        }

        AddPatches(resources, kustomization, folder);
        foreach (JsonNode? item in Items(kustomization, "labels"))
        {
            resources.ForEach(resource => Label(resource, (JsonObject)item!["pairs"]!, (bool)item["includeTemplates"]!));
        }

        return resources;
    }

    private static void AddPatches(List<JsonObject> resources, JsonObject kustomization, string folder)
    {
        foreach (JsonNode? item in Items(kustomization, "patches"))
        {
            Patches.Apply(resources, (JsonObject)item!, folder);
        }
    }

    /// <summary>A component changes the resources that are there, before the patches of the kustomization that names it.</summary>
    private static void AddComponent(List<JsonObject> resources, string folder)
    {
        JsonObject component = Assert.Single(YamlDocuments.Parse(File.ReadAllText(Path.Combine(folder, "kustomization.yaml"))));
        Assert.Empty(component.Select(pair => pair.Key).Except(KnownInComponents));
        resources.AddRange(Items(component, "resources").SelectMany(item => Load(Path.GetFullPath(Path.Combine(folder, (string)item!)))));
        AddPatches(resources, component, folder);
        foreach (JsonNode? item in Items(component, "images"))
        {
            resources.ForEach(resource => Tag(resource, (string)item!["name"]!, (string)item["newTag"]!));
        }
    }

    private static IReadOnlyList<JsonObject> Load(string path) =>
        Directory.Exists(path) ? BuildFolder(path) : YamlDocuments.Parse(File.ReadAllText(path));

    private static JsonArray Items(JsonObject kustomization, string key) => (JsonArray?)kustomization[key] ?? [];

    private static JsonObject ConfigMap(string folder, JsonObject generator) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = (string?)generator["name"] },
        ["data"] = new JsonObject(((JsonArray)generator["files"]!).Select(file => KeyValuePair.Create(
            Path.GetFileName((string)file!), (JsonNode?)File.ReadAllText(Path.Combine(folder, (string)file!))))),
    };

    private static void Label(JsonObject resource, JsonObject pairs, bool includesTemplates)
    {
        AddLabels((JsonObject)resource["metadata"]!, pairs);
        if (includesTemplates && resource["spec"]?["template"]?["metadata"] is JsonObject template)
        {
            AddLabels(template, pairs);
        }

        if (includesTemplates && resource["spec"]?["volumeClaimTemplates"] is JsonArray claims)
        {
            claims.ToList().ForEach(claim => AddLabels((JsonObject)claim!["metadata"]!, pairs));
        }
    }

    private static void AddLabels(JsonObject metadata, JsonObject pairs)
    {
        var labels = (JsonObject)(metadata["labels"] ??= new JsonObject());
        foreach ((string name, JsonNode? value) in pairs)
        {
            labels[name] = value!.DeepClone();
        }
    }

    private static void Tag(JsonObject resource, string image, string tag)
    {
        foreach (JsonNode? container in resource["spec"]?["template"]?["spec"]?["containers"]?.AsArray() ?? [])
        {
            if ((string?)container!["image"] == image)
            {
                container["image"] = $"{image}:{tag}";
            }
        }
    }
}
