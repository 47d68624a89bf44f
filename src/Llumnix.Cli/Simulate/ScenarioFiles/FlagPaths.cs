using Llumnix.Adapters.Options.Table;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>The scheduler's flags of a scenario; paths among them are relative to the scenario's file, as all paths in it.</summary>
internal static class FlagPaths
{
    /// <summary>Makes the paths independent of the working directory.</summary>
    /// <param name="flags">Flags as <c>--flag=value</c>, or <c>--flag</c> and its value.</param>
    /// <param name="reading">The reading of the file.</param>
    internal static IReadOnlyList<string> Resolve(IReadOnlyList<string> flags, ScenarioReading reading)
    {
        var resolved = new List<string>(flags.Count);
        bool isPath = false;
        foreach (string text in flags)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            resolved.Add(
                isPath ? Place(text)
                : equals > 0 && NamesFile(text[..equals]) ? text[..(equals + 1)] + Place(text[(equals + 1)..])
                : text);
            isPath = !isPath && equals < 0 && NamesFile(text);
        }

        return resolved;

        string Place(string path) => path.Length == 0 ? path : reading.Resolve(path);
    }

    /// <summary>Takes an entry such as <c>--flag value</c> apart, which stands for both. What comes after an equals sign is one value.</summary>
    internal static IEnumerable<string> SplitEntry(string entry)
    {
        string[] parts = entry.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 2 && parts[0].StartsWith("--", StringComparison.Ordinal) && !parts[0].Contains('=') ? parts : [entry];
    }

    private static bool NamesFile(string flag) =>
        flag.StartsWith('-') && SchedulerOptionsParser.Flags.Find(flag.TrimStart('-')) is { Kind: OptionTypes.FilePathKind };
}
