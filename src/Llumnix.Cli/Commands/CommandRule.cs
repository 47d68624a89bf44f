using System.CommandLine;

namespace Llumnix.Cli.Commands;

/// <summary>One rule of a <see cref="CheckedCommand"/>.</summary>
/// <param name="Options">The options whose values it asks for. It has nothing to say where the parser has refused one of them.</param>
/// <param name="FindProblem">What is wrong, in one line or several; null where nothing is.</param>
internal sealed record CommandRule(IReadOnlyList<Option> Options, Func<ParseResult, string?> FindProblem)
{
    /// <summary>Makes a rule with one message.</summary>
    /// <param name="options">The options whose values it asks for.</param>
    /// <param name="isBroken">Whether a command line breaks it.</param>
    /// <param name="message">What is told then.</param>
    internal CommandRule(IReadOnlyList<Option> options, Func<ParseResult, bool> isBroken, string message)
        : this(options, parsed => isBroken(parsed) ? message : null)
    {
    }

    /// <summary>What is told of those rules that a command line breaks.</summary>
    internal static IEnumerable<string> FindProblems(IEnumerable<CommandRule> rules, ParseResult parsed) =>
        from rule in rules
        where HasValues(parsed, rule.Options)
        select rule.FindProblem(parsed) into problem
        where problem is not null
        from line in problem.Split('\n')
        select line;

    /// <summary>Whether the parser has taken all of these options, so that their values can be asked for.</summary>
    internal static bool HasValues(ParseResult parsed, IEnumerable<Option> options) => !options.Any(option => CheckedCommand.HasErrors(parsed, option));

    /// <summary>Whether the command line has an option, whatever its value is.</summary>
    internal static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}
