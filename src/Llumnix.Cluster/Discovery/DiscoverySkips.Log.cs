using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.Discovery;

internal sealed partial class DiscoverySkips
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The discovery entry of pod {PodName} is not used: {Reason}")]
    private partial void LogEntrySkipped(string podName, DiscoverySkipReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Instance {Index} in the discovery entry of pod {PodName} is not usable: {Reason}")]
    private partial void LogInstanceSkipped(int index, string podName, DiscoverySkipReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Discovery holds more than {MaxInstances} instances; the others are ignored")]
    private partial void LogOverfull(int maxInstances);
}
