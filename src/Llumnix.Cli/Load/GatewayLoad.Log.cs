using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Load;

internal sealed partial class GatewayLoad
{
    [LoggerMessage(LogLevel.Debug, "Request {RequestId} failed: {Kind}, {Reason}")]
    private partial void LogFailed(string requestId, FailureKind kind, string reason);
}
