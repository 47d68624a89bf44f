using System.Globalization;
using System.Net;
using System.Text;
using k8s.Models;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>What a pod of Kubernetes says about the engine in it. Each key can be an annotation or a label; the annotation counts first.</summary>
internal static class KubernetesPod
{
    private const string PortKey = "llumnix.dev/port";
    private const string RoleKey = "llumnix.dev/role";
    private const string LlmdRoleKey = "llm-d.ai/role";
    private const string ModelKey = "llumnix.dev/model";

    /// <summary>Bound of a pod's labels in characters; those that would exceed it are left out.</summary>
    private const int MaxLabelsLength = 4096;

    /// <summary>Reads a pod.</summary>
    /// <param name="pod">The pod, with a name and a uid.</param>
    /// <param name="defaultPort">Port of an engine whose pod names none.</param>
    /// <param name="isReady">Whether its Ready condition is true.</param>
    /// <param name="problem">What is wrong with what the pod says, whether it takes requests or not; null when nothing is.</param>
    /// <returns>The instance, ready or not; null when the pod is none: it has ended, has no address, or has a problem.</returns>
    public static DiscoveredInstance? Read(V1Pod pod, int defaultPort, out bool isReady, out DiscoverySkipReason? problem)
    {
        int? port = PortOf(Find(pod, PortKey), defaultPort);
        InferType? role = RoleOf(Find(pod, RoleKey) ?? Find(pod, LlmdRoleKey));
        problem = port is null ? DiscoverySkipReason.MissingPort : role is null ? DiscoverySkipReason.UnknownInstanceType : null;
        isReady = pod.Status?.Conditions?.Any(static condition => condition is { Type: "Ready", Status: "True" }) == true;
        if (problem is not null
            || pod.Status is null or { Phase: "Succeeded" or "Failed" }
            || !IPAddress.TryParse(pod.Status.PodIP, out IPAddress? address))
        {
            return null;
        }

        // A new pod can have the name of an old one, as in a stateful set; its uid is its own.
        return StaticDiscovery.Describe(new DnsEndPoint(address.ToString(), port!.Value), role!.Value) with
        {
            Id = $"{pod.Metadata.Name}_{pod.Metadata.Uid}_dp0",
            Model = Find(pod, ModelKey) ?? "",
            NodeId = pod.Spec?.NodeName ?? "",
            Labels = LabelsOf(pod),
            IsTerminating = pod.Metadata.DeletionTimestamp is not null,
        };
    }

    private static string LabelsOf(V1Pod pod)
    {
        var text = new StringBuilder();
        foreach ((string key, string value) in (pod.Metadata.Labels ?? new Dictionary<string, string>()).OrderBy(static label => label.Key, StringComparer.Ordinal))
        {
            if (text.Length + key.Length + value.Length + 2 <= MaxLabelsLength)
            {
                text.Append(text.Length == 0 ? "" : ",").Append(key).Append('=').Append(value);
            }
        }

        return text.ToString();
    }

    private static string? Find(V1Pod pod, string key) =>
        pod.Metadata.Annotations?.TryGetValue(key, out string? value) == true || pod.Metadata.Labels?.TryGetValue(key, out value) == true
            ? value : null;

    private static int? PortOf(string? text, int defaultPort) =>
        text is null ? defaultPort
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= IPEndPoint.MaxPort ? port
        : null;

    private static InferType? RoleOf(string? text) => text switch
    {
        "prefill" => InferType.Prefill,
        "decode" => InferType.Decode,
        null or "neutral" or "both" or "prefill-decode" => InferType.Neutral,
        _ => null,
    };
}
