using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

internal sealed partial class DiscoverySkips
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The discovery entry of pod {PodName} is not used: {Reason}")]
    private partial void LogEntrySkipped(string podName, DiscoverySkipReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} discovery entries are not used, the first is that of pod {PodName}: {Reason}")]
    private partial void LogEntriesSkipped(int count, string podName, DiscoverySkipReason reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} instances in the discovery entry of pod {PodName} are not usable, the first at place {Index}: {Reason}")]
    private partial void LogInstancesSkipped(int count, string podName, int index, DiscoverySkipReason reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} instances in the discovery entries of {Pods} pods are not usable, the first at place {Index} of pod {PodName}: {Reason}")]
    private partial void LogInstancesOfPodsSkipped(int count, int pods, string podName, int index, DiscoverySkipReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Discovery holds more than {MaxInstances} instances; the others are ignored")]
    private partial void LogOverfull(int maxInstances);
}
