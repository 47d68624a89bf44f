using System.Text.Json;
using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Manifests;

public sealed class KustomizationTests
{
    public static TheoryData<string> Overlays => Manifests.Overlays.Rows;

    [Fact]
    public void Overlays_AreThoseOfTheDocuments() => Assert.Equal(
        [
            "base", "emulated", "etcd-discovery", "high-availability", "high-availability-plain-engines", "neutral/full-mode-scheduling", "neutral/lite-mode-scheduling",
            "pd-kvs/full-mode-scheduling/load-balance", "pd/full-mode-scheduling", "plain-engines", "slo-aware/adaptive-pd", "slo-aware/base",
        ],
        Manifests.Overlays.All);

    /// <summary>The tests read the overlays with a resolver of their own; where the real one is at hand, they must agree.</summary>
    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Build_Overlay_IsWhatKubectlBuilds(string overlay)
    {
        IReadOnlyList<JsonObject> ours = Kustomization.Build(overlay);
        if (!Command.Exists("kubectl"))
        {
            return;
        }

        string text = await Command.RunAsync("kubectl", ["kustomize", Checkout.PathOf(Path.Combine("deploy", overlay))]);
        Assert.Equal(Lines(YamlDocuments.Parse(text)), Lines(ours));
    }

    private static IEnumerable<string> Lines(IEnumerable<JsonObject> resources) =>
        resources.OrderBy(Kustomization.IdOf, StringComparer.Ordinal).Select(resource => Sorted(resource)!.ToJsonString(JsonSerializerOptions.Default));

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
