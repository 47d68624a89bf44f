using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Logging;

/// <summary>The line that a server process begins with.</summary>
public static partial class StartLog
{
    /// <summary>The beginning of the line: the program and its version.</summary>
    /// <param name="program">The program, as its command is named.</param>
    public static string Describe(string program) => $"llumnix {BuildVersion.Version} {program}";

    /// <summary>Logs the program, its version and where it listens.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="program">The program, as its command is named.</param>
    /// <param name="addresses">Where it listens.</param>
    public static void WriteListening(ILogger logger, string program, IEnumerable<string> addresses) =>
        LogListening(logger, Describe(program), string.Join(", ", addresses));

    [LoggerMessage(LogLevel.Information, "{Program}: listening on {Addresses}")]
    private static partial void LogListening(ILogger logger, string program, string addresses);
}
