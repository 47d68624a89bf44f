using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http.Endpoints;

/// <summary>
/// <c>/report</c>: applies a gateway's report; 200 with no body. Counts rows by outcome, and logs the first unusable row of a report.
/// </summary>
internal sealed partial class ReportEndpoint(IGatewaySink gateways, GatewayTelemetry telemetry, ILogger<ReportEndpoint> logger)
    : IMessageEndpoint<ParsedReport>
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, ParsedReport message)
    {
        if (message.Error is not null)
        {
            return ErrorResponse.WriteBadRequestAsync(context, message);
        }

        int known = gateways.Report(message.Progress);
        telemetry.OnReported(known, message.Progress.Count - known, message.SkippedRows);
        if (message.FirstSkip is { } problem)
        {
            LogSkipped(logger, message.SkippedRows, problem);
        }

        RequestBody<ParsedReport>.Return(message);
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} rows of a report were skipped, the first one: {Problem}")]
    private static partial void LogSkipped(ILogger logger, int count, string problem);
}
