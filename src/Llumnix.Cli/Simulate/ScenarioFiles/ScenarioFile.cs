using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>Reads scenarios from YAML, of which JSON is a subset. Paths in them are relative to the file.</summary>
internal static class ScenarioFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="ScenarioException">It cannot be read or used; the message has a line for each problem.</exception>
    public static Scenario Read(string path) => Read(path, out _);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Knows where each key stands.</param>
    /// <exception cref="ScenarioException">It cannot be read or used; the message has a line for each problem.</exception>
    public static Scenario Read(string path, out ScenarioReading reading)
    {
        try
        {
            reading = new ScenarioReading(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return Parse(BoundedTextFile.Read(path), reading, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"{path}: {FileFailure.Describe(exception)}", exception);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="directory">The directory that paths in it are relative to.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="ScenarioException">It cannot be used; the message has a line for each problem.</exception>
    public static Scenario Parse(string yaml, string directory, string name) => Parse(yaml, new ScenarioReading(directory), name);

    private static Scenario Parse(string yaml, ScenarioReading reading, string name)
    {
        Scenario scenario = ScenarioSections.Root.Read(Load(yaml, reading, name), "", new Scenario(), reading);
        foreach (ScenarioProblem problem in ScenarioSections.Root.Check("", scenario))
        {
            reading.Add(problem);
        }

        reading.AddAll(ScenarioRules.Find(scenario));
        if (!reading.IsValid)
        {
            // Told together with the rest; where nothing else is wrong, a flag may still replace the file.
            foreach (ScenarioProblem problem in ScenarioRules.FindInFiles(scenario))
            {
                reading.Add(problem);
            }
        }

        return reading.IsValid ? scenario : throw new ScenarioException(reading.Describe(name));
    }

    /// <summary>What is wrong with a scenario that flags have changed or made: a line for each problem, with the place of its value.</summary>
    public static IReadOnlyList<string> FindProblems(Scenario scenario, ScenarioOrigins origins)
    {
        ScenarioProblem[] wrong = [.. ScenarioSections.Root.Check("", scenario)];
        return [.. wrong.Concat(ScenarioRules.Find(scenario).Where(problem => !wrong.Any(problem.MayFollowFrom))).Select(origins.Describe)];
    }

    /// <summary>What is wrong with the files that such a scenario names: a line for each, with the place of its value.</summary>
    public static IReadOnlyList<string> FindProblemsOfFiles(Scenario scenario, ScenarioOrigins origins) =>
        [.. ScenarioRules.FindInFiles(scenario).Select(origins.Describe)];

    /// <summary>The contestants of such a scenario that can place nothing, for lack of engines of a role: a line for each, with the place of its value.</summary>
    public static IReadOnlyList<string> FindMissingRoles(Scenario scenario, ScenarioOrigins origins) =>
        [.. ScenarioRoles.FindMissing(scenario).Select(origins.Describe)];

    /// <summary>Checks a scenario that flags have changed or made.</summary>
    /// <exception cref="ScenarioException">The scenario is invalid; the message has a line for each problem, with the flag of its key.</exception>
    public static Scenario Check(Scenario scenario) =>
        FindProblems(scenario, ScenarioOrigins.Flags) is { Count: > 0 } problems ? throw new ScenarioException(string.Join('\n', problems)) : scenario;

    private static YamlNode Load(string yaml, ScenarioReading reading, string name)
    {
        try
        {
            var repeated = new List<RepeatedKey>();
            YamlNode root = YamlText.Parse(yaml, name, "a scenario", repeated);
            reading.AddRepeated(repeated);
            return root;
        }
        catch (YamlTextException exception)
        {
            throw new ScenarioException(exception.Message, exception);
        }
    }
}
