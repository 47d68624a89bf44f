using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>The objects of an overlay, read by the types of the Kubernetes API: an unknown field or a wrong type is an error.</summary>
internal sealed class RenderedOverlay
{
    /// <summary>The shipped ones, each read once; nobody changes them.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<RenderedOverlay>> Loaded = new();

    private RenderedOverlay(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        Objects = objects;
        Workloads = [.. objects.Select(Workload.Of).OfType<Workload>()];
    }

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>Deployments and stateful sets.</summary>
    public IReadOnlyList<Workload> Workloads { get; }

    public static RenderedOverlay Load(string overlay) =>
        Loaded.GetOrAdd(overlay, static name => new Lazy<RenderedOverlay>(() => Of(Kustomization.Build(name)))).Value;

    /// <summary>The objects of Kubernetes among some resources; not those of operators.</summary>
    public static RenderedOverlay Of(IEnumerable<JsonObject> resources) =>
        new([.. resources.Where(static resource => !((string)resource["apiVersion"]!).StartsWith("monitoring.coreos.com/", StringComparison.Ordinal)).Select(Read)]);

    public IEnumerable<T> Of<T>() => Objects.OfType<T>();

    /// <summary>The workloads whose pods a selector takes.</summary>
    public IReadOnlyList<Workload> Select(IEnumerable<KeyValuePair<string, string>> labels)
    {
        KeyValuePair<string, string>[] wanted = [.. labels];
        return [.. Workloads.Where(workload => wanted.All(label => workload.PodLabels.TryGetValue(label.Key, out string? value) && value == label.Value))];
    }

    private static IKubernetesObject<V1ObjectMeta> Read(JsonObject resource)
    {
        object read = Assert.Single(KubernetesYaml.LoadAllFromString(resource.ToJsonString(), null, true));
        return Assert.IsAssignableFrom<IKubernetesObject<V1ObjectMeta>>(read);
    }
}
