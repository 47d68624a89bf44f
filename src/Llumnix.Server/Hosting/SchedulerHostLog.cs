namespace Llumnix.Server.Hosting;

/// <summary>The host's lifecycle.</summary>
internal static partial class SchedulerHostLog
{
    [LoggerMessage(LogLevel.Information, "Options that differ from the defaults: {Options}")]
    internal static partial void Options(ILogger logger, string options);

    [LoggerMessage(LogLevel.Information, "Accepted without effect: {Flags}")]
    internal static partial void Ignored(ILogger logger, string flags);
}
