using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

public sealed partial class KubernetesDiscovery
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Pods of Kubernetes can be listed but not watched, so that changes are seen late ({Error}); the verbs list and watch are needed")]
    private partial void LogWatchFails(string error);
}
