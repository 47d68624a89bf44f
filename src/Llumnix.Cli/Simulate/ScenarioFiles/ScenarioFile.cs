using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>Reads scenarios from YAML, of which JSON is a subset. Paths in them are relative to the file.</summary>
internal static class ScenarioFile
{
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
            throw new ScenarioException($"{path}: {FileFailure.Describe(exception)}", exception);
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
        if (!reading.IsValid)
        {
            // Told together with the rest; where nothing else is wrong, a flag may still replace the file.
            foreach (ScenarioProblem problem in ScenarioRules.FindMissingFiles(scenario))
            {
                reading.Add(problem);
            }
        }

        return reading.IsValid ? scenario : throw new ScenarioException(reading.Describe(name));
    }

    /// <summary>What is wrong with a scenario that flags have changed or made: a line for each problem, with the flag of its key.</summary>
    public static IReadOnlyList<string> FindProblems(Scenario scenario)
    {
        ScenarioProblem[] wrong = [.. ScenarioSections.Root.Check("", scenario)];
        return [.. wrong.Concat(ScenarioRules.Find(scenario).Where(problem => !wrong.Any(problem.MayFollowFrom))).Select(Describe)];
    }

    /// <summary>The files that such a scenario names and that do not exist: a line for each, with the flag of its key.</summary>
    public static IReadOnlyList<string> FindMissingFiles(Scenario scenario) => [.. ScenarioRules.FindMissingFiles(scenario).Select(Describe)];

    /// <summary>The contestants of such a scenario that can place nothing, for lack of engines of a role: a line for each, with the flag of its key.</summary>
    public static IReadOnlyList<string> FindMissingRoles(Scenario scenario) => [.. ScenarioRoles.FindMissing(scenario).Select(Describe)];

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
        try
        {
            return YamlText.Parse(yaml, name, "a scenario");
        }
        catch (YamlTextException exception)
        {
            throw new ScenarioException(exception.Message, exception);
        }
    }
}
