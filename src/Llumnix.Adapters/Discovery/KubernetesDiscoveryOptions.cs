namespace Llumnix.Adapters.Discovery;

/// <summary>Which pods are engines, and how they are read.</summary>
public sealed record KubernetesDiscoveryOptions
{
    /// <summary>The label selector of the engines' pods, as <c>app=vllm,tier in (a,b)</c>; not empty.</summary>
    public string Selector { get; init; } = "";

    /// <summary>Their namespace; empty: that of the configuration, which in a pod is the pod's own.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Port of engines whose pods name none in <c>llumnix.dev/port</c>, 1 to 65535.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>The kubeconfig file; empty: the service account of the pod, or outside of a cluster the user's own kubeconfig.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>
    /// Time after which the server ends a watch, and the next one resumes it; above zero, sent in whole seconds. A watch that lasts twice as long is
    /// given up together with its connection.
    /// </summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time from one list of all pods to the next, even when no watch has failed; above zero.</summary>
    public TimeSpan ListInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Least time between the starts of two lists or of two watches, however soon they end; above zero.</summary>
    public TimeSpan LeastInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bound on a list of all pods; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a pod that is not ready any more stays an instance when no pod of its role is ready; above zero. By default, after that time Kubernetes itself
    /// evicts the pods of a node that it does not hear of.
    /// </summary>
    public TimeSpan LastResortTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Largest number of pods that match the selector; further ones are skipped.</summary>
    public int MaxPods { get; init; } = 16_384;
}
