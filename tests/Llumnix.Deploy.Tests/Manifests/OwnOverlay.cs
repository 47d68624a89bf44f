using System.Text.Json;
using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>An overlay as somebody would make it beside the shipped ones, as deploy/README.md says: in a copy of deploy/, with copies of examples in its folder.</summary>
internal sealed class OwnOverlay : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="kustomization">Its kustomization, without the first two lines.</param>
    /// <param name="examples">The files and folders of deploy/examples that are copied.</param>
    internal OwnOverlay(string kustomization, params string[] examples)
    {
        Copy(Checkout.PathOf("deploy"), _folder.Root);
        Directory.CreateDirectory(Path);
        foreach (string example in examples)
        {
            string from = Checkout.PathOf($"deploy/examples/{example}");
            string to = System.IO.Path.Combine(Path, example);
            if (Directory.Exists(from))
            {
                Copy(from, to);
            }
            else
            {
                File.Copy(from, to);
            }
        }

        File.WriteAllText(System.IO.Path.Combine(Path, "kustomization.yaml"), $"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{kustomization}\n");
    }

    private string Path => System.IO.Path.Combine(_folder.Root, "mine");

    /// <summary>Its resources. Where kubectl is at hand, it must build the same.</summary>
    internal async Task<IReadOnlyList<JsonObject>> BuildAsync()
    {
        IReadOnlyList<JsonObject> ours = Kustomization.BuildFolder(Path);
        if (Command.Exists("kubectl"))
        {
            Assert.Equal(Lines(YamlDocuments.Parse(await Command.RunAsync("kubectl", ["kustomize", Path]))), Lines(ours));
        }

        return ours;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>The resources in a form in which equal ones have equal lines.</summary>
    internal static IEnumerable<string> Lines(IEnumerable<JsonObject> resources) =>
        resources.OrderBy(Kustomization.IdOf, StringComparer.Ordinal).Select(static resource => Sorted(resource)!.ToJsonString(JsonSerializerOptions.Default));

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
        }

        foreach (string folder in Directory.GetDirectories(from))
        {
            Copy(folder, System.IO.Path.Combine(to, System.IO.Path.GetFileName(folder)));
        }
    }
}
