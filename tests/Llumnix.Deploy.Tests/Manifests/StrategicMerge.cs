using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>Merges a patch into a resource as the API server would: maps by key, lists that have a merge key by that, other lists whole.</summary>
internal static class StrategicMerge
{
    private static readonly Dictionary<string, string> MergeKeys = new()
    {
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["env"] = "name",
        ["ports"] = "containerPort",
        ["volumes"] = "name",
        ["volumeMounts"] = "mountPath",
    };

    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
                continue;
            }

            target[name] = (target[name], value) switch
            {
                (JsonObject old, JsonObject changes) => Merged(old, changes),
                (JsonArray old, JsonArray changes) when MergeKeys.TryGetValue(name, out string? key) => Merged(old, changes, key),
                _ => value.DeepClone(),
            };
        }
    }

    private static JsonObject Merged(JsonObject old, JsonObject changes)
    {
        var merged = (JsonObject)old.DeepClone();
        Apply(merged, changes);
        return merged;
    }

    /// <summary>The patch's items go first, as kustomize puts them. One that says so takes the target's item out.</summary>
    private static JsonArray Merged(JsonArray old, JsonArray changes, string key)
    {
        var patched = changes.OfType<JsonObject>().Where(change => change["$patch"]?.ToString() != "delete").Select(change =>
            old.OfType<JsonObject>().FirstOrDefault(item => IsSame(item, change, key)) is { } item ? Merged(item, change) : change.DeepClone());
        var untouched = old.OfType<JsonObject>().Where(item => !changes.OfType<JsonObject>().Any(change => IsSame(item, change, key)));
        return [.. patched.Concat(untouched.Select(item => item.DeepClone()))];
    }

    private static bool IsSame(JsonObject first, JsonObject second, string key) => first[key]?.ToString() == second[key]?.ToString();
}
