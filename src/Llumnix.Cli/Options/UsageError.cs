using Llumnix.Adapters.Options;

namespace Llumnix.Cli.Options;

/// <summary>Tells what is wrong with a command line in the form of the parser's own errors: a line for each, and where the help is.</summary>
internal static class UsageError
{
    /// <summary>Tells it.</summary>
    /// <param name="errors">Receives the lines.</param>
    /// <param name="command">The command, as it is named.</param>
    /// <param name="messages">What is wrong, a line for each problem.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> WriteAsync(TextWriter errors, string command, string messages)
    {
        foreach (string message in messages.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await errors.WriteAsync($"error: {message.TrimEnd('\r')}\n");
        }

        await errors.WriteAsync($"Help: llumnix {command} --help\n");
        return ExitCodes.Usage;
    }
}
