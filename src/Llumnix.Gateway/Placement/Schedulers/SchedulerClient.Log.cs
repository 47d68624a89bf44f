using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Placement.Schedulers;

public sealed partial class SchedulerClient
{
    [LoggerMessage(LogLevel.Warning, "The release of request {RequestId} failed: {Reason}")]
    private partial void LogReleaseFailed(string requestId, string reason);

    [LoggerMessage(LogLevel.Warning, "A report of {Rows} rows failed: {Reason}")]
    private partial void LogReportFailed(int rows, string reason);
}
