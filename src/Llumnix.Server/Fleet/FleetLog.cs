namespace Llumnix.Server.Fleet;

/// <summary>How the fleet changes, a record per kind of change, so that each has a limit of its own.</summary>
internal static partial class FleetLog
{
    [LoggerMessage(LogLevel.Information, "{Who} joined")]
    internal static partial void Joined(ILogger logger, string who);

    [LoggerMessage(LogLevel.Information, "{Who} left")]
    internal static partial void Left(ILogger logger, string who);

    [LoggerMessage(LogLevel.Information, "{Who} may get requests again")]
    internal static partial void Back(ILogger logger, string who);

    [LoggerMessage(LogLevel.Information, "{Who} will get no requests: not schedulable, by the last status")]
    internal static partial void Unschedulable(ILogger logger, string who);

    [LoggerMessage(LogLevel.Warning, "{Who} will get no requests: the status has not changed for longer than {Flag} allows")]
    internal static partial void Stale(ILogger logger, string who, string flag);

    [LoggerMessage(LogLevel.Warning, "{Who} may still get requests although the status has not changed for longer than {Flag} allows: no other instance is better")]
    internal static partial void StaleKept(ILogger logger, string who, string flag);

    [LoggerMessage(LogLevel.Warning, "{Sentence}")]
    internal static partial void NoneReachable(ILogger logger, string sentence);

    [LoggerMessage(LogLevel.Warning, "{Who} will get no requests: another instance of the failover domain has failed")]
    internal static partial void Failover(ILogger logger, string who);

    [LoggerMessage(LogLevel.Warning, "{Who} will get no requests: nothing answers at the address")]
    internal static partial void Unreachable(ILogger logger, string who);

    [LoggerMessage(LogLevel.Warning, "{Who} may still get requests although nothing answers at the address: {Reason}")]
    internal static partial void UnreachableKept(ILogger logger, string who, string reason);
}
