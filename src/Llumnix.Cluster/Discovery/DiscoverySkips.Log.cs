using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.Discovery;

internal sealed partial class DiscoverySkips
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The discovery entry of pod {PodName} is not used: {Reason}")]
    private partial void LogEntrySkipped(string podName, DiscoverySkipReason reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} instances in the discovery entry of pod {PodName} are not usable, the first at place {Index}: {Reason}")]
    private partial void LogInstancesSkipped(int count, string podName, int index, DiscoverySkipReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Discovery holds more than {MaxInstances} instances; the others are ignored")]
    private partial void LogOverfull(int maxInstances);
}
