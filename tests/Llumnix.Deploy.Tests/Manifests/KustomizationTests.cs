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
        Assert.Equal(OwnOverlay.Lines(YamlDocuments.Parse(text)), OwnOverlay.Lines(ours));
    }
}
