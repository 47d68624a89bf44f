using Llumnix.Adapters.Profiles;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>What is wrong with a file that a scenario names.</summary>
internal static class NamedFile
{
    /// <summary>That there is none; null: there is one.</summary>
    public static string? FindMissing(string path) => File.Exists(path) ? null : $"{path}: {(Directory.Exists(path) ? "is a folder" : "there is no such file")}";

    /// <summary>All that is wrong with a table of step times.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads it.</param>
    public static IEnumerable<string> FindProblems(string path, Action<string> read)
    {
        if (FindMissing(path) is { } missing)
        {
            return [missing];
        }

        try
        {
            read(path);
            return [];
        }
        catch (ProfilingTableException exception)
        {
            return exception.Message.Split('\n');
        }
    }
}
