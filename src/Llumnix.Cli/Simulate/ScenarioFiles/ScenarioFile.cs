using Llumnix.Adapters.Options;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>Reads scenarios from YAML, of which JSON is a subset. Paths in them are relative to the file.</summary>
internal static class ScenarioFile
{
    private const int MaxDepth = 16;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ScenarioException">It cannot be read or used; the message has a line for each problem.</exception>
    public static Scenario Read(string path)
    {
        try
        {
            return Parse(BoundedTextFile.Read(path), Path.GetDirectoryName(Path.GetFullPath(path))!, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="directory">The directory that paths in it are relative to.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="ScenarioException">It cannot be used; the message has a line for each problem.</exception>
    public static Scenario Parse(string yaml, string directory, string name)
    {
        var reading = new ScenarioReading(directory);
        Scenario scenario = ScenarioSections.Root.Read(Load(yaml, name), "", new Scenario(), reading);
        foreach (ScenarioProblem problem in ScenarioSections.Root.Check("", scenario))
        {
            reading.Add(problem);
        }

        reading.AddAll(ScenarioRules.Find(scenario));

        return reading.IsValid ? scenario : throw new ScenarioException(reading.Describe(name));
    }

    /// <summary>What is wrong with a scenario that flags have changed or made: a line for each problem, with the flag of its key.</summary>
    public static IReadOnlyList<string> FindProblems(Scenario scenario)
    {
        ScenarioProblem[] wrong = [.. ScenarioSections.Root.Check("", scenario)];
        return [.. wrong.Concat(ScenarioRules.Find(scenario).Where(problem => !wrong.Any(problem.MayFollowFrom))).Select(Describe)];
    }

    /// <summary>Checks a scenario that flags have changed or made.</summary>
    /// <exception cref="ScenarioException">The scenario is invalid; the message has a line for each problem, with the flag of its key.</exception>
    public static Scenario Check(Scenario scenario) =>
        FindProblems(scenario) is { Count: > 0 } problems ? throw new ScenarioException(string.Join('\n', problems)) : scenario;

    private static string Describe(ScenarioProblem problem)
    {
        string key = problem.Path[(problem.Path.LastIndexOf('.') + 1)..].Split('[')[0];
        string section = problem.Path.Contains('.', StringComparison.Ordinal) ? problem.Path.Split('.', '[')[0] : ScenarioSections.Root.Title;
        string flag = ScenarioSections.All.Single(candidate => candidate.Title == section).Keys.FirstOrDefault(candidate => candidate.Is(key))?.Flag ?? "";
        return flag.Length == 0 ? problem.ToString() : $"{flag} ({problem.Path}): {problem.Message}";
    }

    private static YamlNode Load(string yaml, string name)
    {
        var stream = new YamlStream();
        try
        {
            CheckDepth(yaml, name);
            stream.Load(new StringReader(yaml));
        }
        catch (Exception exception) when (exception is not ScenarioException and not OutOfMemoryException)
        {
            // On garbage the parser throws exceptions of many types; only the parser runs here.
            long line = exception is YamlException { Start.Line: var start } ? Math.Clamp(start, 1, 1 + yaml.TrimEnd('\n').Count('\n')) : 1;
            throw new ScenarioException(FormattableString.Invariant($"{name}:{line}: is not valid YAML or JSON{Detail(exception)}"), exception);
        }

        return stream.Documents.Count switch
        {
            0 => throw new ScenarioException($"{name}: is empty"),
            1 => stream.Documents[0].RootNode,
            _ => throw new ScenarioException($"{name}: holds several documents; a scenario is one"),
        };
    }

    /// <summary>The tree is built by recursion, the events of the parser are not.</summary>
    private static void CheckDepth(string yaml, string name)
    {
        var parser = new Parser(new StringReader(yaml));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth)
            {
                throw new ScenarioException(FormattableString.Invariant($"{name}:{parser.Current.Start.Line}: is nested too deeply"));
            }
        }
    }

    private static string Detail(Exception exception) => exception is YamlException ? $": {exception.Message}" : "";
}
