using k8s.Autorest;
using k8s.Exceptions;
using Llumnix.Adapters.Outages;

namespace Llumnix.Adapters.Discovery;

/// <summary>Describes failures of calls to the API server of Kubernetes.</summary>
internal static class KubernetesFailure
{
    /// <summary>Describes a failure. Texts of the server may repeat what a request carried; only the status is told.</summary>
    public static string Describe(Exception error) => error switch
    {
        HttpOperationException http => $"HTTP {(int)http.Response.StatusCode}",
        KubeConfigException config => config.Message,
        _ => FailureText.Describe(error),
    };
}
