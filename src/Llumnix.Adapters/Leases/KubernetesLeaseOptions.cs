namespace Llumnix.Adapters.Leases;

/// <summary>Where leases are kept in Kubernetes.</summary>
public sealed record KubernetesLeaseOptions
{
    /// <summary>The namespace of the Lease objects; empty: that of the configuration, which in a pod is the pod's own.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The kubeconfig file; empty: the service account of the pod, or outside of a cluster the user's own kubeconfig.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>Timeout of each call; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
}
