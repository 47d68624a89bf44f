using Llumnix.Cluster.Llumlets;

namespace Llumnix.Server.Rescheduling;

internal static partial class ReschedulerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Policy}: migrated from {Source} to {Destination}")]
    internal static partial void Migrated(ILogger logger, string policy, string source, string destination);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Policy}: no migration from {Source} to {Destination}: {Outcome}: {Reason}")]
    internal static partial void NotMigrated(
        ILogger logger, string policy, string source, string destination, MigrationOutcome outcome, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Policy}: {Source} to {Destination}, chosen {IsChosen}: {Reason}")]
    internal static partial void Note(ILogger logger, string policy, string? source, string? destination, bool isChosen, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A rescheduling cycle failed; the next one follows")]
    internal static partial void CycleFailed(ILogger logger, Exception exception);
}
