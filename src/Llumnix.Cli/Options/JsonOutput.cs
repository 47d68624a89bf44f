using System.CommandLine;
using Spectre.Console;

namespace Llumnix.Cli.Options;

/// <summary>Results as JSON, in a file or on the terminal.</summary>
internal static class JsonOutput
{
    private const string Name = "--json";

    /// <summary>Makes the option of the file.</summary>
    internal static Option<string?> CreateOption() => OutputFile.CreateOption(
        Name, "Write the results to this file; -: to the terminal, where the texts then go to standard error.", takesTerminal: true);

    /// <summary>The console for texts that are no JSON.</summary>
    /// <param name="path">The option's value; null without it.</param>
    internal static IAnsiConsole ConsoleFor(string? path) =>
        path == OutputFile.Terminal ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : AnsiConsole.Console;

    /// <summary>Writes JSON where the option says.</summary>
    /// <param name="path">The option's value; null writes nothing.</param>
    /// <param name="json">Makes the JSON.</param>
    /// <param name="output">The terminal.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal static Task WriteAsync(string? path, Func<string> json, TextWriter output) => path switch
    {
        null => Task.CompletedTask,
        OutputFile.Terminal => output.WriteAsync(json()),
        _ => OutputFile.WriteAsync(Name, path, json()),
    };
}
