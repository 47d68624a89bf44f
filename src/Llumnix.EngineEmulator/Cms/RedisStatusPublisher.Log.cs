using Microsoft.Extensions.Logging;

namespace Llumnix.EngineEmulator.Cms;

internal sealed partial class RedisStatusPublisher
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The CMS does not take statuses ({Reason}); retrying")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The CMS takes statuses again")]
    private partial void LogAvailable();
}
