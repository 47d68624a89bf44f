using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Redis;

public sealed partial class RedisWriter
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The Redis of the {Purpose} at {Address} takes nothing ({Reason}); retrying. Where it is: {Flags}")]
    private partial void LogUnavailable(string purpose, string address, string reason, string flags);

    [LoggerMessage(Level = LogLevel.Information, Message = "The Redis of the {Purpose} takes values again")]
    private partial void LogAvailable(string purpose);
}
