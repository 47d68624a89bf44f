using Llumnix.Adapters.Options;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>The reading of one file: where each key stands, and what is wrong.</summary>
/// <param name="directory">The directory that paths in the file are relative to.</param>
internal sealed class ScenarioReading(string directory)
{
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private readonly List<(long Line, ScenarioProblem Problem)> _problems = [];

    /// <summary>Whether nothing is wrong so far.</summary>
    public bool IsValid => _problems.Count == 0;

    /// <summary>A path of the file, made independent of the working directory.</summary>
    public string Resolve(string path) => Path.Combine(directory, path);

    /// <summary>Notes where a value stands.</summary>
    public void Note(string path, YamlNode node) => _lines[path] = node.Start.Line;

    /// <summary>Adds what is wrong at a place.</summary>
    public void Add(string path, YamlNode node, string message) => _problems.Add((node.Start.Line, new ScenarioProblem(path, message)));

    /// <summary>Adds the keys that are given twice.</summary>
    public void AddRepeated(IEnumerable<RepeatedKey> keys) => _problems.AddRange(keys.Select(static key => (key.Line, new ScenarioProblem(key.Path, "is given twice"))));

    /// <summary>Adds what is wrong with a value, or with one that is missing below its key.</summary>
    public void Add(ScenarioProblem problem) => _problems.Add((LineOf(problem.Path), problem));

    /// <summary>Adds what is wrong with values that do not fit together, but for what may only follow from what is wrong already.</summary>
    public void AddAll(IEnumerable<ScenarioProblem> problems)
    {
        ScenarioProblem[] known = [.. _problems.Select(static problem => problem.Problem)];
        foreach (ScenarioProblem problem in problems.Where(problem => !known.Any(problem.MayFollowFrom)))
        {
            Add(problem);
        }
    }

    /// <summary>A line for each problem, by their places, as <c>name:line: key: message</c>.</summary>
    /// <param name="name">The file's name.</param>
    public string Describe(string name) => string.Join(
        '\n', _problems.OrderBy(static problem => problem.Line).Select(problem => FormattableString.Invariant($"{name}:{problem.Line}: {problem.Problem}")));

    /// <summary>The same of one problem.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="problem">The problem.</param>
    public string Describe(string name, ScenarioProblem problem) => FormattableString.Invariant($"{name}:{LineOf(problem.Path)}: {problem}");

    private long LineOf(string path)
    {
        while (path.Length > 0)
        {
            if (_lines.TryGetValue(path, out long line))
            {
                return line;
            }

            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return 1;
    }
}
