using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>Applies the entries of a kustomization's <c>patches:</c>, as far as deploy/ uses them.</summary>
internal static class Patches
{
    private static readonly string[] Known = ["path", "target"];

    /// <summary>Applies an entry.</summary>
    /// <param name="resources">What is patched; a resource that a patch deletes is taken out.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="folder">The kustomization's folder.</param>
    internal static void Apply(List<JsonObject> resources, JsonObject entry, string folder)
    {
        Assert.Empty(entry.Select(static pair => pair.Key).Except(Known));
        foreach (JsonNode? patch in YamlDocuments.ParseAny(File.ReadAllText(Path.Combine(folder, (string)entry["path"]!))))
        {
            foreach (JsonObject target in Find(resources, entry["target"] as JsonObject, patch!))
            {
                Apply(resources, target, patch!);
            }
        }
    }

    private static List<JsonObject> Find(List<JsonObject> resources, JsonObject? target, JsonNode patch)
    {
        List<JsonObject> found = target is null
            ? resources.FindAll(resource => Kustomization.IdOf(resource) == Kustomization.IdOf((JsonObject)patch))
            : resources.FindAll(resource => Matches(target["kind"], (string)resource["kind"]!) && Matches(target["name"], (string)resource["metadata"]!["name"]!));
        return found.Count > 0 && (target is not null || found.Count == 1)
            ? found
            : throw new InvalidOperationException($"nothing to patch, or too much: {(target ?? patch).ToJsonString()}");
    }

    /// <summary>Kinds and names of a target are regular expressions over the whole text.</summary>
    private static bool Matches(JsonNode? pattern, string text) => pattern is null || Regex.IsMatch(text, $"^({pattern})$");

    private static void Apply(List<JsonObject> resources, JsonObject target, JsonNode patch)
    {
        if (patch is JsonArray operations)
        {
            foreach (JsonNode? operation in operations)
            {
                Append(target, operation!);
            }
        }
        else if ((string?)patch["$patch"] == "delete")
        {
            resources.Remove(target);
        }
        else
        {
            StrategicMerge.Apply(target, (JsonObject)patch);
        }
    }

    /// <summary>Of JSON patches the addition to the end of a list alone.</summary>
    private static void Append(JsonObject target, JsonNode operation)
    {
        Assert.Equal("add", (string)operation["op"]!);
        string[] path = ((string)operation["path"]!).Split('/');
        Assert.Equal(("", "-"), (path[0], path[^1]));
        JsonNode list = path[1..^1].Aggregate((JsonNode)target, static (node, key) => node is JsonArray items ? items[int.Parse(key, null)]! : node[key]!);
        list.AsArray().Add(operation["value"]!.DeepClone());
    }
}
