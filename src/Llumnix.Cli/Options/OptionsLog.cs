using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Options;

/// <summary>The line in the log that says what a gateway was started with.</summary>
internal static partial class OptionsLog
{
    /// <summary>Writes it.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="report">The options that differ from their defaults, one per line, without secrets.</param>
    public static void Write(ILogger logger, string report)
    {
        string options = report.TrimEnd().Replace("\n", ", ", StringComparison.Ordinal);
        LogStarted(logger, options.Length == 0 ? "defaults" : options);
    }

    /// <summary>Writes where the console is.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="console">The address of its port.</param>
    public static void WriteConsole(ILogger logger, Uri console) => LogConsole(logger, console);

    [LoggerMessage(Level = LogLevel.Information, Message = "console at {Address}console")]
    private static partial void LogConsole(ILogger logger, Uri address);

    [LoggerMessage(Level = LogLevel.Information, Message = "started with: {Options}")]
    private static partial void LogStarted(ILogger logger, string options);
}
