using Llumnix.Adapters.Options;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Configuration;

/// <summary><c>llumnix validate-config</c>: reports all problems that a start with these flags would find, without starting.</summary>
internal static class ConfigurationCheck
{
    /// <summary>Checks the scheduler's flags, its environment variables and the files that they name.</summary>
    /// <param name="args">The scheduler's flags.</param>
    /// <param name="output">Receives a line per problem, then the options that differ from their defaults. Never a secret.</param>
    /// <returns>0 when the scheduler would start, even with warnings; otherwise 2.</returns>
    internal static int Run(IReadOnlyList<string> args, TextWriter output)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(args, SchedulerProgram.KnownNames);
        if (parsed.IsHelpRequested)
        {
            output.WriteLine("Usage: llumnix validate-config [the scheduler's flags]; they are told by: llumnix scheduler --help");
            return 0;
        }

        var files = new NamedFiles(parsed);
        files.Check();
        output.Write(OptionsReport.RenderProblems(parsed with
        {
            Errors = [.. parsed.Errors, .. files.Errors],
            Warnings = [.. parsed.Warnings, .. files.Warnings],
        }));
        int errors = parsed.Errors.Count + files.Errors.Count;
        if (errors > 0)
        {
            output.WriteLine(errors == 1 ? "1 error: the scheduler would not start" : $"{errors} errors: the scheduler would not start");
            return 2;
        }

        output.Write(OptionsReport.RenderEffective(parsed));
        output.WriteLine("valid");
        return 0;
    }
}
