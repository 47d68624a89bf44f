using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Commands;

/// <summary>Says what is wrong with a command line in words for its user: what is expected, and what was probably meant. The parser's own messages name types of the program.</summary>
internal static partial class ParseMessages
{
    private const string CommandMissing = "Required command was not provided.";
    private const string JsonName = "--json";

    /// <summary>What stands for the terminal where an option takes a file.</summary>
    private const string Terminal = OutputFile.Terminal;

    /// <summary>Names such as <c>-h</c> and <c>-?</c> are near to any text of two characters, and are not suggested.</summary>
    private const int ShortNameLength = 2;

    /// <summary>A message for each error, each on one line.</summary>
    /// <param name="parsed">What the parser has read.</param>
    /// <param name="args">The command line.</param>
    internal static IReadOnlyList<string> Of(ParseResult parsed, IReadOnlyList<string> args) =>
        [.. FindOverlooked(parsed, args).Concat(Messages(parsed).Select(message => Describe(message, parsed))).Distinct(StringComparer.Ordinal)];

    /// <summary>The parser's messages. That a command is missing is not said beside a word that is none.</summary>
    private static IEnumerable<string> Messages(ParseResult parsed)
    {
        string[] messages = [.. parsed.Errors.Select(static error => error.Message)];
        return messages.Any(static message => Unrecognized().IsMatch(message)) ? messages.Where(static message => message != CommandMissing) : messages;
    }

    /// <summary>
    /// What the parser takes for arguments of a command, or for values of an option that has several: unknown options, unless they come after <c>--</c>; and values of options
    /// that have none.
    /// </summary>
    internal static IEnumerable<string> FindOverlooked(ParseResult parsed, IReadOnlyList<string> args)
    {
        bool hasDoubleDash = parsed.Tokens.Any(static token => token.Type == TokenType.DoubleDash);
        string[] arguments =
        [
            .. parsed.CommandResult.Children
                .Where(child => child is OptionResult { Option.AllowMultipleArgumentsPerToken: true } || (child is ArgumentResult && !hasDoubleDash))
                .SelectMany(static child => child.Tokens).Select(static token => token.Value),
        ];
        return
        [
            .. from text in arguments
               where text.StartsWith("--", StringComparison.Ordinal) || (text == Terminal && FindSwitchBefore(text, parsed) is not null)
               select DescribeUnknown(text, parsed),
            .. FindSwitchValues(parsed, args).Select(static given => DescribeSwitch(given.Switch.Name, given.Text)),
        ];
    }

    /// <summary>Makes the values of options that have none errors of these options, so that rules take them for unknown.</summary>
    internal static void MarkSwitches(ParseResult parsed, IReadOnlyList<string> args)
    {
        IEnumerable<(Option, string)> unmatched =
            from text in parsed.UnmatchedTokens
            let name = FindSwitchBefore(text, parsed)
            where name is not null && !text.StartsWith('-')
            select (Options(parsed).First(option => option.Name == name), text);
        foreach ((Option option, string text) in FindSwitchValues(parsed, args).Concat(unmatched).ToArray())
        {
            parsed.GetResult(option)?.AddError(DescribeSwitch(option.Name, text));
        }
    }

    /// <summary>
    /// The command line as the parser reads it rightly: without values behind <c>=</c> of options that have none, and with an empty value where nothing is behind the <c>=</c>
    /// of another, for which the parser would take the next option. Null where it reads it rightly as it is.
    /// </summary>
    internal static IReadOnlyList<string>? Correct(ParseResult parsed, IReadOnlyList<string> args)
    {
        var given = FindSwitchValues(parsed, args).Select(static found => $"{found.Switch.Name}={found.Text}").ToHashSet(StringComparer.Ordinal);
        string[] corrected =
        [
            .. args.SelectMany(arg => given.Contains(arg) ? [arg.Split('=', 2)[0]]
                : arg.EndsWith('=') && Options(parsed).Any(option => option.Name == arg[..^1] && option.ValueType != typeof(bool)) ? [arg[..^1], ""]
                : (IEnumerable<string>)[arg]),
        ];
        return args.SequenceEqual(corrected) ? null : corrected;
    }

    /// <summary>What was given behind <c>=</c> to options that have no value.</summary>
    private static IEnumerable<(Option Switch, string Text)> FindSwitchValues(ParseResult parsed, IReadOnlyList<string> args) =>
        from arg in args
        let parts = arg.Split('=', 2)
        where parts.Length == 2 && !bool.TryParse(parts[1], out _)
        let found = Options(parsed).FirstOrDefault(option => option.Name == parts[0] && option.ValueType == typeof(bool))
        where found is not null
        select (found, parts[1]);

    /// <summary>One message.</summary>
    /// <param name="message">The parser's.</param>
    /// <param name="parsed">What it has read; null where it gave up.</param>
    internal static string Describe(string message, ParseResult? parsed)
    {
        if (Conversion().Match(message) is { Success: true } conversion)
        {
            return DescribeValue(conversion, parsed);
        }

        if (Unrecognized().Match(message) is { Success: true } unrecognized && parsed is not null)
        {
            return DescribeUnknown(unrecognized.Groups["text"].Value, parsed);
        }

        if (Choice().Match(message) is { Success: true } choice)
        {
            string[] names = [.. QuotedName().Matches(choice.Groups["names"].Value).Select(static match => match.Groups[1].Value)];
            string text = choice.Groups["text"].Value;
            return $"{OptionOf(text, names, parsed)}{RefusedValue.Quote(text)} is none of {string.Join(", ", names)}{Suggest(text, names)}";
        }

        if (message == CommandMissing && parsed is not null)
        {
            return parsed.CommandResult.Command is RootCommand ? "a command is needed, such as serve, demo or simulate; llumnix --help has all of them"
                : $"{parsed.CommandResult.Command.Name} needs one of {string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(static command => command.Name))}";
        }

        if (MissingArgument().IsMatch(message) && parsed?.CommandResult.Command is { Arguments: [var argument, ..] } command)
        {
            string[] choices = [.. argument.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(static completion => completion.Label)];
            return $"{command.Name} needs a {argument.Name}" + (choices.Length > 0 ? $", one of {string.Join(", ", choices)}" : "");
        }

        if (MissingOption().Match(message) is { Success: true } option && parsed is not null)
        {
            return $"{parsed.CommandResult.Command.Name} needs {option.Groups["name"].Value}";
        }

        if (Repeated().Match(message) is { Success: true } repeated)
        {
            return $"{repeated.Groups["name"].Value} takes one value, not {repeated.Groups["count"].Value}";
        }

        return Missing().Match(message) is { Success: true } missing ? $"{missing.Groups["name"].Value} needs a value" : OnOneLine(message);
    }

    private static string DescribeValue(Match conversion, ParseResult? parsed)
    {
        (string name, string text, string type) = (conversion.Groups["name"].Value, conversion.Groups["text"].Value, conversion.Groups["type"].Value);
        Type? valueType = parsed is null ? null : Options(parsed).FirstOrDefault(option => option.Name == name)?.ValueType;
        if (valueType is { IsEnum: true })
        {
            string[] names = [.. Enum.GetNames(valueType).Select(static value => value.ToLowerInvariant())];
            return $"{name}: {RefusedValue.Quote(text)} is none of {string.Join(", ", names)}{Suggest(text, names)}";
        }

        string expected = type.Contains("Int", StringComparison.Ordinal) ? "a whole number"
            : type.Contains("Double", StringComparison.Ordinal) ? "a number"
            : type.Contains("Boolean", StringComparison.Ordinal) ? "true or false"
            : "a value of another kind";
        return $"{name} must be {expected}, not {RefusedValue.Quote(text)}";
    }

    /// <summary>What is told of an option, a command or an argument that is not known.</summary>
    internal static string DescribeUnknown(string text, ParseResult parsed)
    {
        // What begins with a dash is an option, and never the value of the one before it; a dash alone is a value.
        bool isOption = text.StartsWith('-') && text != Terminal;
        if (!isOption && FindSwitchBefore(text, parsed) is { } name)
        {
            return DescribeSwitch(name, text);
        }

        if (text == "--version")
        {
            return "--version is an option of llumnix itself: llumnix --version";
        }

        IEnumerable<string> known = isOption
            ? Options(parsed).SelectMany(static option => option.Aliases.Append(option.Name))
            : parsed.CommandResult.Command.Subcommands.Select(static command => command.Name);
        known = known.Where(static name => name.Length > ShortNameLength);
        string written = text.Split('=')[0];
        string what = isOption ? "option" : parsed.CommandResult.Command.Subcommands.Count > 0 ? "command" : "argument";
        return $"unknown {what} {RefusedValue.Quote(written)}{Suggest(written, [.. known])}{ExplainQuotes(text, parsed)}";
    }

    private static string DescribeSwitch(string name, string text) => (name, text) == (JsonName, Terminal)
        ? $"{name} takes no value here and prints to standard output: leave the {RefusedValue.Quote(text)} out"
        : $"{name} takes no value, or true or false, not {RefusedValue.Quote(text)}";

    /// <summary>The option without values that a text was given to; null where it was not.</summary>
    private static string? FindSwitchBefore(string text, ParseResult parsed)
    {
        int index = Array.FindIndex([.. parsed.Tokens], token => token.Value == text);
        return index > 0 && Options(parsed).FirstOrDefault(option => option.Name == parsed.Tokens[index - 1].Value) is { } before && before.ValueType == typeof(bool)
            ? before.Name : null;
    }

    /// <summary>A text of several words that was not quoted comes as several arguments.</summary>
    private static string ExplainQuotes(string text, ParseResult parsed)
    {
        string[] tokens = [.. parsed.Tokens.Select(static token => token.Value)];
        int colon = Array.FindIndex(tokens, static token => token.EndsWith(':'));
        return colon >= 0 && Array.IndexOf(tokens, text, colon) > colon
            ? $"; a contestant with its flags is one argument, in quotes: '{Quoted.Plain(tokens[colon])} {Quoted.Plain(RefusedValue.WithoutSecrets(text))}'"
            : "";
    }

    /// <summary>Which option the text was given to, where that is clear.</summary>
    private static string OptionOf(string text, string[] names, ParseResult? parsed) =>
        parsed is not null
        && Options(parsed).FirstOrDefault(option => parsed.GetResult(option) is { } result && result.Tokens.Any(token => token.Value == text) && IsOneOf(option, names)) is { } found
            ? $"{found.Name}: "
            : "";

    private static bool IsOneOf(Option option, string[] names) =>
        option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(static completion => completion.Label).Intersect(names, StringComparer.Ordinal).Any();

    /// <summary>The options of the command and of those above it.</summary>
    internal static IEnumerable<Option> Options(ParseResult parsed)
    {
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
        {
            foreach (Option option in command.Command.Options)
            {
                yield return option;
            }
        }
    }

    private static string Suggest(string text, IReadOnlyCollection<string> names) => NearestName.FindClose(text, names) is { } close ? $"; did you mean {close}?" : "";

    /// <summary>Joins the lines of a message.</summary>
    private static string OnOneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    [GeneratedRegex("^Cannot parse argument '(?<text>.*)' for (option|command) '(?<name>.*)' as expected type '(?<type>.*)'\\.", RegexOptions.Singleline)]
    private static partial Regex Conversion();

    [GeneratedRegex("^Unrecognized command or argument '(?<text>.*)'\\.", RegexOptions.Singleline)]
    private static partial Regex Unrecognized();

    [GeneratedRegex("^Argument '(?<text>.*)' not recognized\\. Must be one of:(?<names>.*)$", RegexOptions.Singleline)]
    private static partial Regex Choice();

    [GeneratedRegex("^Required argument missing for option: '(?<name>.*)'\\.")]
    private static partial Regex Missing();

    [GeneratedRegex("^Option '(?<name>.*)' expects a single argument but (?<count>[0-9]+) were provided\\.")]
    private static partial Regex Repeated();

    [GeneratedRegex("^Option '(?<name>.*)' is required\\.")]
    private static partial Regex MissingOption();

    [GeneratedRegex("^Required argument .*missing for command: ")]
    private static partial Regex MissingArgument();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex QuotedName();
}
