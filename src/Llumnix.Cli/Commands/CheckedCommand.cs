using System.CommandLine;
using System.CommandLine.Parsing;

namespace Llumnix.Cli.Commands;

/// <summary>A command with rules beyond what the parser checks of each option by itself. What breaks them is told together with the parser's errors, before it runs.</summary>
/// <param name="name">The name.</param>
/// <param name="description">What it does.</param>
/// <param name="findProblems">
/// Finds what is wrong, a line for each. It is asked also where the parser has errors: an option that <see cref="HasErrors"/> has no value then.
/// </param>
internal sealed class CheckedCommand(string name, string description, Func<ParseResult, IEnumerable<string>> findProblems) : Command(name, description)
{
    /// <summary>The names of options whose values are open, since they have none, or an unknown option was probably meant to be one of them; the parser does not see these.</summary>
    internal IReadOnlySet<string> Doubtful { get; set; } = new HashSet<string>();

    /// <summary>What is wrong with a command line, a line for each.</summary>
    internal IEnumerable<string> FindProblems(ParseResult parsed) => findProblems(parsed);

    /// <summary>Whether an option's value cannot be asked for, since the parser has refused it, or is open.</summary>
    internal static bool HasErrors(ParseResult parsed, Option option) =>
        (parsed.GetResult(option) is { } result && result.Errors.Any()) || (parsed.CommandResult.Command is CheckedCommand command && command.Doubtful.Contains(option.Name));
}
