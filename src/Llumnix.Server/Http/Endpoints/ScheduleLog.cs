using Llumnix.Scheduling.Requests;
using Llumnix.Server.Logging;

namespace Llumnix.Server.Http.Endpoints;

/// <summary>The log record of each decision, and of the requests where those are logged.</summary>
internal static partial class ScheduleLog
{
    [LoggerMessage(LogLevel.Debug, "Request {RequestId}: {Outcome}, first instance {First}, second instance {Second}")]
    internal static partial void Decided(ILogger logger, string requestId, ScheduleOutcome outcome, string? first, string? second);

    // Requested with --enable-log-input, so not limited.
    [LoggerMessage(
        LimitedLogger.AskedForEventId,
        LogLevel.Information,
        "Request {RequestId}: model {Model}, gateway {GatewayId}, mode {Mode}, stage {Stage}, {PromptTokens} prompt tokens")]
    internal static partial void Input(
        ILogger logger, string requestId, string model, string gatewayId, string mode, string stage, int promptTokens);
}
