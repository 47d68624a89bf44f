using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Cms;

public sealed partial class CmsSource
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The CMS at {Host}:{Port} answers")]
    private partial void LogAvailable(string host, int port);

    [LoggerMessage(Level = LogLevel.Error, Message = "The CMS at {Host}:{Port} cannot be read: {Error}. Where it is: --cms-redis-host and --cms-redis-port")]
    private partial void LogUnavailable(string host, int port, string error);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The CMS answers, but {Silence}: a store that cannot be written into, or another one? The last view stays in use until it is stale")]
    private partial void LogSilent(string silence);

    [LoggerMessage(Level = LogLevel.Information, Message = "Statuses in the CMS change again")]
    private partial void LogHeard();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Kind} of instance {InstanceId} in the CMS is not usable: {Reason}")]
    private partial void LogSkipped(string kind, string instanceId, CmsSkipReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The CMS holds more than {MaxInstances} instances; the others are ignored")]
    private partial void LogOverfull(int maxInstances);
}
