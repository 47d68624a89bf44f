using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Llumnix.Adapters.Options;

namespace Llumnix.Cli.Commands;

/// <summary>Runs the commands that System.CommandLine parses, with the exit codes of all programs.</summary>
internal static class CommandRunner
{
    /// <summary>How many problems of a command line, and of the files that it names, are told.</summary>
    private const int MostTold = 100;

    /// <summary>How long a command may take to end after a signal.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Parses and runs.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="args">The command line.</param>
    /// <param name="output">Receives the help.</param>
    /// <param name="errors">Receives what is wrong.</param>
    /// <param name="cancellation">Interrupts the command, as SIGINT and SIGTERM do.</param>
    /// <returns>The command's exit code; one of <see cref="ExitCodes"/> where it was not run to its end.</returns>
    internal static async Task<int> RunAsync(
        RootCommand root, IReadOnlyList<string> args, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        ParseResult parsed;
        IReadOnlyList<string> misread = [];
        try
        {
            parsed = root.Parse(args);
            if (WouldRun(parsed) && parsed.CommandResult.Command is { Subcommands.Count: 0 } command)
            {
                (misread, IReadOnlySet<string> doubtful, args) = MisreadOptions.Find(parsed, args);
                if (command is CheckedCommand withRules)
                {
                    withRules.Doubtful = doubtful;
                }

                // The parser would take the value of a switch for the argument of a command, in place of the one that is there. It is told all the same.
                IReadOnlyList<string>? corrected = ParseMessages.Correct(parsed, args);
                parsed = misread.Count == 0 && corrected is null ? parsed : root.Parse(corrected ?? args);
            }
        }
        catch (InvalidOperationException exception)
        {
            // Thrown to validators that ask for a value of the wrong type.
            await errors.WriteAsync($"error: {ParseMessages.Describe(exception.Message, parsed: null)}\nHelp: llumnix {args[0]} --help\n");
            return ExitCodes.Usage;
        }

        try
        {
            string[] problems = [.. misread, .. FindProblems(parsed, args)];
            if (problems.Length > 0)
            {
                await errors.WriteAsync(Describe(parsed, problems));
                return ExitCodes.Usage;
            }

            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    ProcessTerminationTimeout = TerminationTimeout, EnableDefaultExceptionHandler = false, Output = output, Error = errors,
                },
                cancellation);
        }
        catch (OperationCanceledException)
        {
            // Commands that have more to tell of it return the exit code themselves.
            await errors.WriteLineAsync("interrupted");
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            if (root.Directives.OfType<SuggestDirective>().Any(suggest => parsed.GetResult(suggest) is not null))
            {
                // A line that is not complete has nothing to say to whoever is typing it.
                return ExitCodes.Failure;
            }

            await errors.WriteLineAsync($"unexpected error: {exception}");
            return ExitCodes.Failure;
        }
    }

    /// <summary>All that is wrong with a command that would run, a line for each.</summary>
    private static IReadOnlyList<string> FindProblems(ParseResult parsed, IReadOnlyList<string> args)
    {
        ParseMessages.MarkSwitches(parsed, args);
        return
        [
            .. parsed.Action is ParseErrorAction ? ParseMessages.Of(parsed, args) : parsed.Action is HelpAction ? [] : ParseMessages.FindOverlooked(parsed, args),
            .. WouldRun(parsed) && parsed.CommandResult.Command is CheckedCommand command ? command.FindProblems(parsed).Distinct(StringComparer.Ordinal) : [],
        ];
    }

    /// <summary>Whether the command itself would run, but for errors, and not its help or what a directive asks for.</summary>
    private static bool WouldRun(ParseResult parsed) => parsed.Action is ParseErrorAction || parsed.Action == parsed.CommandResult.Command.Action;

    private static string Describe(ParseResult parsed, string[] problems)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
        {
            names.Push(command.Command is RootCommand ? "llumnix" : command.Command.Name);
        }

        string more = problems.Length > MostTold ? $"error: and {problems.Length - MostTold} more\n" : "";
        return string.Concat(problems.Take(MostTold).Select(static message => $"error: {message}\n")) + more + $"Help: {string.Join(' ', names)} --help\n";
    }
}
