using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>Applies the entries of a kustomization's <c>patches:</c>, as far as deploy/ uses them.</summary>
internal static class Patches
{
    private static readonly string[] Known = ["patch", "path", "target"];

    /// <summary>Applies an entry.</summary>
    /// <param name="resources">What is patched; a resource that a patch deletes is taken out.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="folder">The kustomization's folder.</param>
    internal static void Apply(List<JsonObject> resources, JsonObject entry, string folder)
    {
        Assert.Empty(entry.Select(static pair => pair.Key).Except(Known));
        string text = (string?)entry["patch"] ?? File.ReadAllText(Path.Combine(folder, (string)entry["path"]!));
        foreach (JsonNode? patch in YamlDocuments.ParseAny(text))
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
                Change(target, operation!);
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

    /// <summary>Of JSON patches additions to the end of a list, and entries that are added to a mapping or replaced in one or in a list.</summary>
    private static void Change(JsonObject target, JsonNode operation)
    {
        string kind = (string)operation["op"]!;
        Assert.Contains(kind, new[] { "add", "replace" });
        string[] path = [.. ((string)operation["path"]!).Split('/').Select(static part => part.Replace("~1", "/", StringComparison.Ordinal))];
        Assert.Equal("", path[0]);
        JsonNode owner = path[1..^1].Aggregate((JsonNode)target, static (node, key) => node is JsonArray items ? items[int.Parse(key, null)]! : node[key]!);
        JsonNode value = operation["value"]!.DeepClone();
        if (owner is JsonArray list)
        {
            Assert.Equal(kind == "add", path[^1] == "-");
            if (kind == "add")
            {
                list.Add(value);
            }
            else
            {
                list[int.Parse(path[^1], null)] = value;
            }
        }
        else
        {
            Assert.True(kind == "add" || owner[path[^1]] is not null, $"there is no {operation["path"]} to replace");
            owner[path[^1]] = value;
        }
    }
}
