using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A scenario as a user gives it, by a file, by flags in place of the file's values, or by both, and all that is wrong with it.</summary>
internal sealed partial class ScenarioInput
{
    private readonly ScenarioFlags _flags;
    private readonly ScenarioReading _inFlags = new("");
    private readonly string? _file;
    private readonly ScenarioReading? _inFile;
    private readonly string? _failure;

    private ScenarioInput(string? file, ScenarioReading? inFile, Func<YamlNode>? load, ScenarioFlags flags)
    {
        (_file, _inFile, _flags) = (file, inFile, flags);
        try
        {
            Scenario = load is null ? new Scenario() : ScenarioSections.Root.Read(load(), "", new Scenario(), inFile!);
        }
        catch (ScenarioException exception)
        {
            _failure = exception.Message;
            Scenario = new Scenario();
        }

        Scenario = ScenarioSections.Root.Apply(flags, "", Scenario, _inFlags);
    }

    /// <summary>The scenario; where there are problems, defaults stand in for the values that could not be read.</summary>
    public Scenario Scenario { get; }

    /// <summary>The scenario.</summary>
    /// <exception cref="ScenarioException">Something is wrong with it; the message has a line for each problem.</exception>
    public Scenario Checked => FindProblems() is { Count: > 0 } problems ? throw new ScenarioException(string.Join('\n', problems)) : Scenario;

    /// <summary>Reads a file, and flags.</summary>
    /// <param name="path">The file; null: there is none.</param>
    /// <param name="flags">The flags.</param>
    public static ScenarioInput Read(string? path, ScenarioFlags flags)
    {
        if (path is null)
        {
            return new ScenarioInput(null, null, null, flags);
        }

        var reading = new ScenarioReading(path.Length == 0 ? "" : Path.GetDirectoryName(Path.GetFullPath(path)) ?? "");
        return new ScenarioInput(path, reading, () => ScenarioFile.Load(path), flags);
    }

    /// <summary>Reads a text as that of a file.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="directory">The directory that paths in it are relative to.</param>
    /// <param name="name">Its name in messages.</param>
    public static ScenarioInput Parse(string yaml, string directory, string name)
    {
        var reading = new ScenarioReading(directory);
        return new ScenarioInput(name, reading, () => ScenarioFile.Load(yaml, name), ScenarioFlags.None);
    }

    /// <summary>All that is wrong, a line for each: first what comes from the file, by its lines, as <c>file:line: key: message</c>, then what comes from flags.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        ScenarioProblem[] broken = [.. Join(ScenarioRules.Find(Scenario).Where(problem => problem.Keys.All(IsRead)))];
        ILookup<bool, ScenarioProblem> places = broken.ToLookup(problem => _file is not null && _flags.SourceOf(problem.Path).Length == 0);
        return
        [
            .. _failure?.Split('\n') ?? [],
            .. (_inFile?.Problems ?? []).Concat(places[true]).OrderBy(problem => _inFile!.LineOf(problem)).Select(DescribeOfFile),
            .. _inFlags.Problems.Select(problem => $"{_flags.SourceOf(problem.Path)} {problem.Message}").Concat(places[false].Select(DescribeOfFlag)).Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether the value of a key is known: a flag gives it, whatever the file has, or the file does, and nothing is wrong with it.</summary>
    private bool IsRead(string key) => !_flags.IsDoubtful(key) && !(_flags.SourceOf(key).Length > 0
        ? _inFlags.Problems.Any(problem => problem.IsAbout(key))
        : _failure is not null || (_inFile?.Problems.Any(problem => problem.IsAbout(key)) ?? false));

    /// <summary>Tells what is wrong with several subjects at one place once.</summary>
    private IEnumerable<ScenarioProblem> Join(IEnumerable<ScenarioProblem> problems) =>
        problems.GroupBy(problem => (IsOfOwnFlag(problem) ? WithoutIndexes(problem.Path) : problem.Path, problem.Message))
            .Select(static same => same.First() with { Subject = string.Join(", ", same.Select(static problem => problem.Subject).Distinct(StringComparer.Ordinal)) });

    /// <summary>Whether the flag of the very key gives its value, to every entry of a list.</summary>
    private bool IsOfOwnFlag(ScenarioProblem problem) => _flags.SourceOf(problem.Path) is { Length: > 0 } given && given == ScenarioFlags.FlagOf(problem.Path);

    private string DescribeOfFile(ScenarioProblem problem) => FormattableString.Invariant($"{_file}:{_inFile!.LineOf(problem)}: {problem}");

    /// <summary>With the flag that gives the value, or could. A flag that stands for a key of every entry names none of them.</summary>
    private string DescribeOfFlag(ScenarioProblem problem)
    {
        string own = ScenarioFlags.FlagOf(problem.Path);
        string given = _flags.SourceOf(problem.Path);
        return given.Length > 0 && given != own ? $"{given} ({problem.Path}): {problem.Text}"
            : own.Length > 0 ? $"{own} ({WithoutIndexes(problem.Path)}): {problem.Text}"
            : problem.ToString();
    }

    private static string WithoutIndexes(string path) => Indexes().Replace(path, "");

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Indexes();
}
