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
    /// <summary>What is wrong with a command line, a line for each.</summary>
    internal IEnumerable<string> FindProblems(ParseResult parsed) => findProblems(parsed);

    /// <summary>Whether the parser has refused an option's value, which cannot be asked for then.</summary>
    internal static bool HasErrors(ParseResult parsed, Option option) => parsed.GetResult(option) is { } result && result.Errors.Any();
}
