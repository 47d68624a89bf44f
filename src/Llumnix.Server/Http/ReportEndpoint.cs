using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http;

/// <summary>Applies gateways' reports; counts rows by outcome, and logs the first unusable row of a report.</summary>
internal sealed partial class ReportEndpoint(IGatewaySink gateways, GatewayTelemetry telemetry, ILogger<ReportEndpoint> logger)
{
    internal void Take(ParsedReport report)
    {
        int known = gateways.Report(report.Progress);
        telemetry.OnReported(known, report.Progress.Count - known, report.SkippedRows);
        if (report.FirstSkip is { } problem)
        {
            LogSkipped(logger, report.SkippedRows, problem);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} rows of a report were skipped, the first one: {Problem}")]
    private static partial void LogSkipped(ILogger logger, int count, string problem);
}
