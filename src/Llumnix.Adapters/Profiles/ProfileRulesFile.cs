using System.Globalization;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Prediction;
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
    /// <exception cref="ProfilingTableException">The file or a table cannot be used; the message has a line for each problem of the file or, where it has none, of the tables.</exception>
    public static IReadOnlyList<ProfileRule> Read(string path, ICollection<string> warnings)
    {
        var found = new List<string>();
        ProfileRule[] rules = [.. ReadEntries(path).Select(entry => ProfilingTables.Try(() => Read(entry, path, warnings), found)).OfType<ProfileRule>()];
        var problems = new BoundedProblems(path, MostTold, "line");
        found.ForEach(problems.Add);
        problems.ThrowIfAny();
        return rules;
    }

    /// <summary>Reads the tables of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="name">The name of its file, for messages.</param>
    /// <param name="warnings">Receives a line for each repair.</param>
    /// <exception cref="ProfilingTableException">A table, or both of them, cannot be used.</exception>
    public static ProfileRule Read(ProfileRuleEntry entry, string name, ICollection<string> warnings)
    {
        try
        {
            return new ProfileRule(entry.Name, entry.Conditions, ProfilingTables.Read(entry.TtftPath, entry.TpotPath, warnings));
        }
        catch (ProfilingTableException exception)
        {
            throw new ProfilingTableException(
                [.. exception.Problems.Select(problem => FormattableString.Invariant($"{name}:{entry.Line}: class {entry.Name}: {problem}"))], exception);
        }
    }

    /// <summary>Reads a file without its tables.</summary>
    /// <exception cref="ProfilingTableException">It cannot be read or used; the message has a line for each problem.</exception>
    public static IReadOnlyList<ProfileRuleEntry> ReadEntries(string path)
    {
        try
        {
            return Parse(BoundedTextFile.Read(path), Path.GetDirectoryName(Path.GetFullPath(path))!, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ProfilingTableException($"{path}: cannot be read: {FileFailure.Describe(exception, path)}", exception);
        }
    }

    /// <summary>Reads a text without the tables that it names.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="directory">The folder that paths in it are relative to.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="ProfilingTableException">It cannot be used; the message has a line for each problem.</exception>
    public static IReadOnlyList<ProfileRuleEntry> Parse(string yaml, string directory, string name)
    {
        YamlNode root;
        try
        {
            root = YamlText.Parse(yaml, name, "a list of classes");
        }
        catch (YamlTextException exception)
        {
            throw new ProfilingTableException(exception.Message, exception);
        }

        var reading = new ProfileRulesReading(directory);
        List<ProfileRuleEntry> entries = reading.ReadRoot(root);
        return reading.Problems.Count == 0
            ? entries
            : throw new ProfilingTableException([.. reading.Problems.Select(problem => string.Create(CultureInfo.InvariantCulture, $"{name}:{problem.Line}: {problem.Message}"))]);
    }
}
