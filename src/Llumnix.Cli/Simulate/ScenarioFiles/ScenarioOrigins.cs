namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>Says where the values of a scenario come from: a file, flags, or both.</summary>
/// <param name="file">The file's name; null for none.</param>
/// <param name="reading">Its lines; null for none.</param>
/// <param name="isGiven">Whether the command line has a flag.</param>
internal sealed class ScenarioOrigins(string? file, ScenarioReading? reading, Func<string, bool> isGiven)
{
    private const string Compare = "--compare";

    /// <summary>Those of a scenario without a file; each key is named by its flag.</summary>
    public static readonly ScenarioOrigins Flags = new(null, null, static flag => flag != Compare);

    /// <summary>A problem with the place of its value: <c>file:line: key</c>, or the flag.</summary>
    public string Describe(ScenarioProblem problem)
    {
        string flag = FlagOf(problem.Path);
        if (problem.Path.StartsWith("contestants", StringComparison.Ordinal) && !isGiven(flag) && isGiven(Compare))
        {
            flag = Compare;
        }

        return file is not null && reading is not null && !isGiven(flag) ? reading.Describe(file, problem)
            : flag.Length == 0 ? problem.ToString()
            : $"{flag} ({problem.Path}): {problem.Message}";
    }

    private static string FlagOf(string path)
    {
        string key = path[(path.LastIndexOf('.') + 1)..].Split('[')[0];
        string section = path.Contains('.', StringComparison.Ordinal) ? path.Split('.', '[')[0] : ScenarioSections.Root.Title;
        return ScenarioSections.All.Single(candidate => candidate.Title == section).Keys.FirstOrDefault(candidate => candidate.Is(key))?.Flag ?? "";
    }
}
