using System.Collections;
using Llumnix.Adapters.Options;
using Llumnix.Server.Options.Parsing;
using Llumnix.Server.Options.Table;
using Llumnix.Server.Options.Validation;

namespace Llumnix.Server.Options;

/// <summary>
/// Reads the scheduler's options. Order, strongest first: <c>--extra-args</c>, flag, environment variable, configuration file, default.
/// </summary>
public static class SchedulerOptionsParser
{
    /// <summary>Reads flags, the process's environment and the configuration file that they name.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="knownNames">The names that options may use.</param>
    /// <returns>The options and everything that is wrong with them; bad input never throws.</returns>
    public static OptionsParseResult Parse(IReadOnlyList<string> args, KnownNames knownNames)
    {
        Dictionary<string, string> environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        return Parse(args, environment, knownNames, BoundedTextFile.Read);
    }

    /// <param name="args">The command line without the program's name.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="knownNames">The names that options may use.</param>
    /// <param name="readFile">The text of the file at a path; throws <see cref="IOException"/> when it cannot be read.</param>
    internal static OptionsParseResult Parse(
        IReadOnlyList<string> args,
        IReadOnlyDictionary<string, string> environment,
        KnownNames knownNames,
        Func<string, string> readFile)
    {
        var problems = new List<OptionProblem>();
        List<OptionAssignment> assignments = AssignmentSources.ReadAll(args, environment, readFile, problems);
        EffectiveOptions effective = OptionAssigner.Apply(assignments, problems).Complete();
        problems.AddRange(SchedulerOptionsValidator.FindErrors(effective, knownNames));
        return new OptionsParseResult
        {
            Options = effective.Options,
            Errors = problems,
            Warnings = [.. effective.Warnings, .. SchedulerOptionsValidator.FindWarnings(effective)],
            IsHelpRequested = assignments.Any(assignment => assignment.IsHelp),
            IgnoredFlags = [.. assignments.Where(a => a.Option.IsIgnored).Select(a => a.Source.ToString()).Distinct()],
            Sources = effective.Sources,
        };
    }
}
