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

    [LoggerMessage(Level = LogLevel.Information, Message = "started with: {Options}")]
    private static partial void LogStarted(ILogger logger, string options);
}
