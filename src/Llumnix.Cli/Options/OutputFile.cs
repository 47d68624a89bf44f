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

        return Directory.Exists(path) ? $"{path} is a folder; the name of a file is needed" : FindRefusal(Path.GetFullPath(path));
    }

    /// <summary>Why the system lets nobody write the file; null where it does. Nothing is changed.</summary>
    private static string? FindRefusal(string path)
    {
        try
        {
            if (FindMissingFolder(path) is { } missing)
            {
                return missing;
            }

            // Asked for the target of what is not there, the system throws.
            string target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            if (!Exists(path, target))
            {
                if (FindMissingFolder(target) is { } missingToo)
                {
                    return missingToo;
                }

                using var created = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1, FileOptions.DeleteOnClose);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private static string? FindMissingFolder(string path) =>
        Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder) ? $"there is no folder {folder}" : null;

    /// <summary>Whether there is a file, which can be written; that a link leads to what has no name, such as /dev/stdout, shows only when it is opened.</summary>
    private static bool Exists(string path, string target)
    {
        if (File.Exists(target) ? new FileInfo(target).Length == 0 : path == target)
        {
            // Not opened where it may be a pipe, whose reader would take the end for that of the output.
            return File.Exists(target);
        }

        try
        {
            using var opened = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
