using k8s;
using k8s.Models;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>Something that runs pods.</summary>
internal sealed record Workload(string Name, int Replicas, V1LabelSelector Selector, V1PodTemplateSpec Template)
{
    public IDictionary<string, string> PodLabels => Template.Metadata.Labels;

    public V1PodSpec Pod => Template.Spec;

    public static Workload? Of(IKubernetesObject<V1ObjectMeta> resource) => resource switch
    {
        V1Deployment deployment => new Workload(deployment.Metadata.Name, deployment.Spec.Replicas ?? 1, deployment.Spec.Selector, deployment.Spec.Template),
        V1StatefulSet set => new Workload(set.Metadata.Name, set.Spec.Replicas ?? 1, set.Spec.Selector, set.Spec.Template),
        _ => null,
    };

    /// <summary>Whether one of its containers has a port of that name or number.</summary>
    public bool HasPort(string port) => Pod.Containers
        .SelectMany(container => container.Ports ?? [])
        .Any(p => p.Name == port || p.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == port);

    /// <summary>Its name alone: failures would print the whole pod.</summary>
    public override string ToString() => Name;
}
