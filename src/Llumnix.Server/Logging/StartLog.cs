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

    /// <summary>Logs what of the environment is not used.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="problems">What is wrong with it.</param>
    public static void WriteProblems(ILogger logger, IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            LogProblems(logger, string.Join("; ", problems));
        }
    }

    /// <summary>Logs that the program has come to its end.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="program">The program, as its command is named.</param>
    public static void WriteStopped(ILogger logger, string program) => LogStopped(logger, program);

    [LoggerMessage(LogLevel.Information, "{Program} has stopped")]
    private static partial void LogStopped(ILogger logger, string program);

    [LoggerMessage(LogLevel.Warning, "Telemetry is not sent as the environment asks for: {Problems}")]
    private static partial void LogProblems(ILogger logger, string problems);

    [LoggerMessage(LogLevel.Information, "{Program}: listening on {Addresses}")]
    private static partial void LogListening(ILogger logger, string program, string addresses);
}
