using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Load;

internal sealed partial class SchedulerClient
{
    [LoggerMessage(LogLevel.Warning, "Release of request {RequestId} was answered with {Status}")]
    private partial void LogReleaseRefused(string requestId, int status);

    [LoggerMessage(LogLevel.Warning, "Release of request {RequestId} failed: {Reason}")]
    private partial void LogReleaseFailed(string requestId, string reason);
}
