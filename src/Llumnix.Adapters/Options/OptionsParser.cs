using System.Collections;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>Reads the options of a table. Order, strongest first: <c>--extra-args</c>, flag, environment variable, configuration file, default.</summary>
public static class OptionsParser
{
    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    /// <summary>Reads flags, an environment and the configuration file that they name.</summary>
    /// <param name="table">The options.</param>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="readFile">The text of the file at a path; throws <see cref="IOException"/> when it cannot be read.</param>
    /// <returns>The options and everything that is wrong with them; bad input never throws.</returns>
    public static OptionsParseResult<TOptions> Parse<TOptions>(
        OptionTable<TOptions> table, IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment, Func<string, string> readFile)
    {
        var problems = new List<OptionProblem>();
        List<OptionAssignment> assignments = AssignmentSources.ReadAll(table, args, environment, readFile, problems);
        AssignedOptions<TOptions> assigned = OptionAssigner.Apply(table, assignments, problems);
        AssignedOptions<TOptions> effective = table.Complete(assigned);
        problems.AddRange(assignments.Where(static assignment => assignment.IsRefused).Select(static a => new OptionProblem(a.Source, a.Option.Refusal!)));
        problems.AddRange(effective.FindOutOfRange());
        string[] doubtful = [.. problems.Select(UnknownOption.FindMeant).OfType<string>()];
        // An option whose text could not be read has its default here. That it is wrong has been said; what its default lacks would only confuse.
        problems.AddRange(FindCertainErrors(table, assigned, effective, assignments).Where(
            problem => problem.Source.Kind != OptionSourceKind.Default || !assignments.Any(assignment => assignment.Option.Flag == problem.Source.Place))
            .Where(problem => !doubtful.Any(flag => Names(problem, flag))));
        HashSet<string> refused =
        [
            .. from assignment in assignments
               where assignment.Option is OptionDefinition<TOptions> { Binding: { } binding } && !binding.TryApply(assignment.Text, table.Defaults, out _)
               select assignment.Option.Name,
        ];
        return new OptionsParseResult<TOptions>
        {
            Table = table,
            Options = effective.Options,
            Errors = problems,
            Warnings = [.. effective.Warnings.Concat(table.FindWarnings(effective)).Where(warning => !refused.Any(name => effective.SourceOf(name) == warning.Source))],
            Refused = refused,
            IsHelpRequested = assignments.Any(assignment => assignment.IsHelp),
            IsVersionRequested = assignments.Any(assignment => assignment.IsVersion),
            IgnoredFlags = [.. assignments.Where(a => a.Option.IsIgnored).Select(a => a.Source.ToString()).Distinct()],
            Sources = effective.Sources,
        };
    }

    /// <summary>Whether a problem names an option, which an unknown one was probably meant to be.</summary>
    private static bool Names(OptionProblem problem, string flag) => problem.ToString().Split(' ', ':', ',', ';').Contains(flag, StringComparer.Ordinal);

    /// <summary>The errors of options together. Of a switch whose text could not be read, only what holds whether it is on or off.</summary>
    private static IEnumerable<OptionProblem> FindCertainErrors<TOptions>(
        OptionTable<TOptions> table, AssignedOptions<TOptions> assigned, AssignedOptions<TOptions> effective, IReadOnlyList<OptionAssignment> assignments)
    {
        IEnumerable<OptionProblem> errors = table.FindErrors(effective);
        foreach (OptionAssignment last in assignments.GroupBy(static assignment => assignment.Option).Select(static group => group.Last()))
        {
            if (last.Option is not OptionDefinition<TOptions> { IsBoolean: true, Binding: { } binding } || binding.TryApply(last.Text, assigned.Options, out _))
            {
                continue;
            }

            foreach (string text in (string[])["true", "false"])
            {
                if (binding.TryApply(text, assigned.Options, out TOptions other))
                {
                    errors = errors.Intersect(table.FindErrors(table.Complete(assigned with { Options = other }))).ToArray();
                }
            }
        }

        return errors;
    }
}
