using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Server.Logging;

namespace Llumnix.Cli.Options;

/// <summary>Reads the options of a program from its command line, the environment and files, and tells its user what is wrong.</summary>
internal static class ProgramOptions
{
    /// <summary>Reads the options. Prints the help, the version, or what is wrong or doubtful.</summary>
    /// <param name="program">The program, as its command is named.</param>
    /// <param name="table">The options.</param>
    /// <param name="args">The command line without the command's name.</param>
    /// <param name="check">Adds what is wrong with the files that options name.</param>
    /// <param name="parsed">The options; to be used when the program is to run.</param>
    /// <returns>The exit code when the program is not to run; null when it is.</returns>
    public static int? Read<TOptions>(
        string program, OptionTable<TOptions> table, IReadOnlyList<string> args, Func<OptionsParseResult<TOptions>, OptionsParseResult<TOptions>> check, out OptionsParseResult<TOptions> parsed)
    {
        parsed = OptionsParser.Parse(table, args, OptionsParser.ProcessEnvironment(), BoundedTextFile.Read);
        if (parsed.IsHelpRequested)
        {
            Console.Out.Write(OptionsHelp.Render(table));
            return ExitCodes.Success;
        }

        if (parsed.IsVersionRequested)
        {
            Console.Out.WriteLine(StartLog.Describe(program));
            return ExitCodes.Success;
        }

        parsed = check(parsed);
        Console.Error.Write(OptionsReport.RenderProblems(parsed));
        return parsed.Errors.Count > 0 ? parsed.ExitCode : null;
    }
}
