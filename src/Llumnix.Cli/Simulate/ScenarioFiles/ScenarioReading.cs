using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>The reading of one file, or of the flags: where each value stands, and what is wrong.</summary>
/// <param name="directory">The directory that paths among the values are relative to; empty: the working directory.</param>
internal sealed class ScenarioReading(string directory)
{
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private readonly List<ScenarioProblem> _problems = [];

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<ScenarioProblem> Problems => _problems;

    /// <summary>A path among the values, made independent of the working directory.</summary>
    public string Resolve(string path) => Path.Combine(directory, path);

    /// <summary>Notes where a value stands.</summary>
    public void Note(string path, YamlNode node) => _lines[path] = LineOf(node);

    /// <summary>Adds what is wrong at a place.</summary>
    public void Add(string path, YamlNode node, string message) => Add(new ScenarioProblem(path, message) { Line = LineOf(node) });

    /// <summary>Adds what is wrong.</summary>
    public void Add(ScenarioProblem problem) => _problems.Add(problem);

    /// <summary>A mapping in a list without braces of its own, as in <c>[a: 1]</c>, has no place but those of its keys.</summary>
    private static long LineOf(YamlNode node) =>
        node is YamlMappingNode { Start.Index: 0 } mapping && mapping.Children.FirstOrDefault().Key is { } key ? key.Start.Line : node.Start.Line;

    /// <summary>The line of a problem: its own, or that of its value or, where that is missing, of what would have it.</summary>
    public long LineOf(ScenarioProblem problem)
    {
        if (problem.Line is { } own)
        {
            return own;
        }

        for (string path = problem.Path; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
        {
            if (_lines.TryGetValue(path, out long line))
            {
                return line;
            }
        }

        return 1;
    }
}
