using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Adapters.Profiles;

/// <summary>
/// Reads <c>--latency-profiles</c>: YAML with a list <c>classes</c>, each with its <c>name</c>, its tables <c>ttft</c> and <c>tpot</c> relative to the file, and in
/// <c>when</c> the conditions that hold for its instances.
/// </summary>
public static class ProfileRulesFile
{
    /// <summary>The key of the list of classes.</summary>
    public const string ClassesKey = "classes";

    private const int MostTold = 20;

    /// <summary>Whether a text has the form of a class's name.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && name.Any(char.IsAsciiLetterOrDigit);

    /// <summary>Reads a file and all tables that it names.</summary>
    /// <param name="path">The file.</param>
    /// <param name="warnings">Receives a line for each repair of a table.</param>
    /// <returns>The rules, in order.</returns>
    /// <exception cref="ProfilingTableException">The file or a table cannot be used; the message has a line for each problem of the file and of the tables that it names.</exception>
    public static IReadOnlyList<ProfileRule> Read(string path, ICollection<string> warnings)
    {
        ProfileRulesReading reading = ReadFile(path, out List<ProfileRuleEntry> entries);
        List<(long Line, string Message)> found = [.. reading.Problems];
        LatencyProfile?[] profiles = [.. entries.Select(entry => ReadTables(entry, warnings, found))];
        var problems = new BoundedProblems(path, MostTold, "line");
        foreach (string problem in Describe(found.OrderBy(static problem => problem.Line), path))
        {
            problems.Add(problem);
        }

        problems.ThrowIfAny();
        return [.. entries.Zip(profiles, static (entry, profile) => new ProfileRule(entry.Name, entry.Conditions, profile!))];
    }

    /// <summary>Reads the tables that an entry names.</summary>
    /// <returns>Null: one is missing or cannot be used.</returns>
    private static LatencyProfile? ReadTables(ProfileRuleEntry entry, ICollection<string> warnings, List<(long Line, string Message)> found)
    {
        var problems = new List<string>();
        LatencyCurve? prefill = entry.TtftPath.Length == 0 ? null : ProfilingTables.Try(() => ProfilingTables.ReadPrefill(entry.TtftPath), problems);
        LatencyGrid? decode = entry.TpotPath.Length == 0 ? null : ProfilingTables.Try(() => ProfilingTables.ReadDecode(entry.TpotPath, warnings), problems);
        string of = entry.Name.Length == 0 ? "" : $"class {entry.Name}: ";
        found.AddRange(problems.Select(problem => (entry.Line, of + problem)));
        return prefill is null || decode is null ? null : new LatencyProfile(prefill, decode);
    }

    /// <summary>Reads a file without its tables.</summary>
    /// <exception cref="ProfilingTableException">It cannot be read or used; the message has a line for each problem.</exception>
    public static IReadOnlyList<ProfileRuleEntry> ReadEntries(string path) => Check(ReadFile(path, out List<ProfileRuleEntry> entries), entries, path);

    /// <summary>Reads a text without the tables that it names.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="directory">The folder that paths in it are relative to.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="ProfilingTableException">It cannot be used; the message has a line for each problem.</exception>
    public static IReadOnlyList<ProfileRuleEntry> Parse(string yaml, string directory, string name) =>
        Check(ReadText(yaml, directory, name, out List<ProfileRuleEntry> entries), entries, name);

    private static List<ProfileRuleEntry> Check(ProfileRulesReading reading, List<ProfileRuleEntry> entries, string name) =>
        reading.Problems.Count == 0 ? entries : throw new ProfilingTableException([.. Describe(reading.Problems, name)]);

    private static IEnumerable<string> Describe(IEnumerable<(long Line, string Message)> problems, string name) =>
        problems.Select(problem => FormattableString.Invariant($"{name}:{problem.Line}: {problem.Message}"));

    private static ProfileRulesReading ReadFile(string path, out List<ProfileRuleEntry> entries)
    {
        try
        {
            return ReadText(BoundedTextFile.Read(path), Path.GetDirectoryName(Path.GetFullPath(path))!, path, out entries);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ProfilingTableException($"{path}: cannot be read: {FileFailure.Describe(exception, path)}", exception);
        }
    }

    /// <summary>Reads what can be read of a text.</summary>
    private static ProfileRulesReading ReadText(string yaml, string directory, string name, out List<ProfileRuleEntry> entries)
    {
        try
        {
            var reading = new ProfileRulesReading(directory);
            entries = reading.ReadRoot(YamlText.Parse(yaml, name, "a list of classes"));
            return reading;
        }
        catch (YamlTextException exception)
        {
            throw new ProfilingTableException(exception.Message, exception);
        }
    }
}
