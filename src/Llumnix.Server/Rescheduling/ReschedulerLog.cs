using Llumnix.Adapters.Llumlets;

namespace Llumnix.Server.Rescheduling;

internal static partial class ReschedulerLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Policy}: from {Source} to {Destination}: {Outcome} {Reason}")]
    internal static partial void Answered(
        ILogger logger, string policy, string source, string destination, MigrationOutcome outcome, string reason);

    [LoggerMessage(Message = "Migrations since the last such line: {Counts}. {Policy}, {Source} to {Destination}: {Outcome} {Reason}")]
    internal static partial void Summary(
        ILogger logger, LogLevel level, string counts, string policy, string source, string destination, string outcome, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Calls keep failing; left alone with tries that become rarer: {Count} sources ({Sources}). {Reason}")]
    internal static partial void LeftAlone(ILogger logger, int count, string sources, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Answer again and are no longer left alone: {Count} sources ({Sources})")]
    internal static partial void AnswerAgain(ILogger logger, int count, string sources);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Policy}: {Source} to {Destination}, chosen {IsChosen}: {Reason}")]
    internal static partial void Note(ILogger logger, string policy, string? source, string? destination, bool isChosen, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A rescheduling cycle failed; the next one follows")]
    internal static partial void CycleFailed(ILogger logger, Exception exception);
}
