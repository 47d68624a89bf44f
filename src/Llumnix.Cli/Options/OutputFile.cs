using System.CommandLine;

namespace Llumnix.Cli.Options;

/// <summary>Options that name a file to be written. That it cannot be written is told before the command runs, not after.</summary>
internal static class OutputFile
{
    /// <summary>Stands for the terminal, where an option takes it.</summary>
    internal const string Terminal = "-";

    /// <summary>Makes an option.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What is written.</param>
    /// <param name="takesTerminal">Whether <see cref="Terminal"/> stands for the terminal; else it is refused.</param>
    internal static Option<string?> CreateOption(string name, string description, bool takesTerminal = false)
    {
        var option = new Option<string?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && FindProblem(token.Value, takesTerminal) is { } problem)
            {
                result.AddError($"{option.Name}: {problem}");
            }
        });
        return option;
    }

    /// <summary>Writes a file.</summary>
    /// <param name="name">The option that names it.</param>
    /// <param name="path">The file.</param>
    /// <param name="text">Its content.</param>
    /// <exception cref="IOException">It cannot be written; the message names the option.</exception>
    internal static async Task WriteAsync(string name, string path, string text)
    {
        try
        {
            await File.WriteAllTextAsync(path, text, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{name}: {exception.Message}", exception);
        }
    }

    private static string? FindProblem(string path, bool takesTerminal)
    {
        if (path == Terminal)
        {
            return takesTerminal ? null : "this goes to a file, not to the terminal";
        }

        if (path.Length == 0)
        {
            return "the name of a file is needed";
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        return Directory.Exists(path) ? $"{path} is a folder; the name of a file is needed"
            : !Directory.Exists(folder) ? $"there is no folder {folder}"
            : FindRefusal(path);
    }

    /// <summary>Why the system lets nobody write the file; null where it does.</summary>
    private static string? FindRefusal(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                using var created = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            else if (new FileInfo(path).Length > 0)
            {
                // Not opened where it may be a pipe, whose reader would take the end for that of the output.
                using FileStream opened = File.OpenWrite(path);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
