using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

public sealed partial class KubernetesDiscovery
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Pods of Kubernetes can be listed but not watched, so that changes are seen late ({Error}); the verbs list and watch are needed")]
    private partial void LogWatchFails(string error);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "No pod of a role is Ready any more: {Count} that were Ready until then stay in use, each for {Time} at most; is it the kubelets, or the engines?")]
    private partial void LogNoneReady(int count, TimeSpan time);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pods that are not Ready are in use no more")]
    private partial void LogReadyAgain();
}
