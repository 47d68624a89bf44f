using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Redis;

public sealed partial class RedisWriter
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The Redis of the {Purpose} takes nothing ({Reason}); retrying")]
    private partial void LogUnavailable(string purpose, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The Redis of the {Purpose} takes values again")]
    private partial void LogAvailable(string purpose);
}
