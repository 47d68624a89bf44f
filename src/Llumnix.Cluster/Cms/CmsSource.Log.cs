using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.Cms;

public sealed partial class CmsSource
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The CMS at {Host}:{Port} answers")]
    private partial void LogAvailable(string host, int port);

    [LoggerMessage(Level = LogLevel.Error, Message = "The CMS cannot be read: {Error}")]
    private partial void LogUnavailable(string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Kind} of instance {InstanceId} in the CMS is not usable: {Reason}")]
    private partial void LogSkipped(string kind, string instanceId, CmsSkipReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The CMS holds more than {MaxInstances} instances; the others are ignored")]
    private partial void LogOverfull(int maxInstances);
}
