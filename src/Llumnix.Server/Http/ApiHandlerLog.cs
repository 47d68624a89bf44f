using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http;

/// <summary>The one record of each decision.</summary>
internal static partial class ApiHandlerLog
{
    [LoggerMessage(LogLevel.Debug, "Request {RequestId}: {Outcome}, first instance {First}, second instance {Second}")]
    internal static partial void Decided(ILogger logger, string requestId, ScheduleOutcome outcome, string? first, string? second);
}
