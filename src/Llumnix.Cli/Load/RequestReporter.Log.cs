using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Load;

internal sealed partial class RequestReporter
{
    [LoggerMessage(LogLevel.Warning, "A report of {Rows} rows was not taken: {Reason}")]
    private partial void LogNotTaken(int rows, string reason);
}
