using Microsoft.Extensions.Logging;

namespace Llumnix.EngineEmulator.Discovery;

internal sealed partial class EtcdPodRegistry
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "etcd takes no entries ({Reason}); retrying. Where it is: --discovery-etcd")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "etcd takes entries again")]
    private partial void LogAvailable();
}
