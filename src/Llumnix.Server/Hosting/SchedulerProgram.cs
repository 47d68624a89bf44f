using System.Net.Sockets;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using Llumnix.Adapters.Secrets;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Server.Extensions;
using Llumnix.Server.Logging;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Hosting;

/// <summary>The scheduler as a program: reads its options, runs until it is stopped, returns the exit code.</summary>
public static class SchedulerProgram
{
    /// <summary>The names that options may refer to.</summary>
    public static KnownNames KnownNames { get; } = new()
    {
        FullModeMetrics = FullModeMetrics.Names,
        LiteModeMetrics = [.. LiteModeMetrics.All.Select(static metric => metric.Name)],
        FullModePolicies = FullModePolicies.Names,
        LiteModePolicies = Llumnix.Scheduling.Policies.LiteModePolicies.Names,
        ReschedulingPolicies = ReschedulingPolicies.Names,
        FailoverDomains = [.. FailoverDomainNames.All],
    };

    /// <summary>Finds what is wrong with the files that options name.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="withTables">Whether profiling tables are read, too, which may come through pipes.</param>
    public delegate IReadOnlyList<OptionProblem> FileProblemsFinder(OptionsParseResult<SchedulerOptions> parsed, bool withTables);

    /// <summary>Runs the scheduler. 0: stopped as asked; 1: could not start; 2: bad options.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="findFileProblems">Finds all that is wrong with the files that options name; null: only what prevents the start is told.</param>
    public static Task<int> RunAsync(
        string[] args, CancellationToken cancellation, FileProblemsFinder? findFileProblems = null) =>
        RunAsync("scheduler", args, OptionsHelp.Render(SchedulerOptionTable.Instance), findFileProblems, cancellation);

    /// <summary>Runs the rescheduler by itself, with the scheduler's flags and exit codes.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="findFileProblems">As for the scheduler.</param>
    public static Task<int> RunReschedulerAsync(
        string[] args, CancellationToken cancellation, FileProblemsFinder? findFileProblems = null) => RunAsync(
        "rescheduler",
        ["--standalone-rescheduling-mode", .. args],
        OptionsHelp.Render(SchedulerOptionTable.Instance, SchedulerOptionTable.ReschedulerHelpIntroduction),
        findFileProblems,
        cancellation);

    private static async Task<int> RunAsync(
        string program,
        string[] args,
        string help,
        FileProblemsFinder? findFileProblems,
        CancellationToken cancellation)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(args, KnownNames);
        if (parsed.IsHelpRequested)
        {
            await Console.Out.WriteLineAsync(help);
            return ExitCodes.Success;
        }

        if (parsed.IsVersionRequested)
        {
            await Console.Out.WriteLineAsync(StartLog.Describe(program));
            return ExitCodes.Success;
        }

        // Tables are read by the start itself, as they may come through pipes; where it fails, all files are looked into.
        if (parsed.Errors.Count > 0 || findFileProblems?.Invoke(parsed, false) is { Count: > 0 })
        {
            parsed = parsed with { Errors = [.. parsed.Errors, .. findFileProblems?.Invoke(parsed, true) ?? []] };
        }

        await Console.Error.WriteAsync(OptionsReport.RenderProblems(parsed));
        if (parsed.Errors.Count > 0)
        {
            return parsed.ExitCode;
        }

        if (await PortCheck.TellProblemsAsync(parsed.Options.ListeningPorts, Console.Error))
        {
            return ExitCodes.Failure;
        }

        SchedulerHost built;
        try
        {
            built = SchedulerHost.Build(parsed.Options, isProcess: true, parsed: parsed);
        }
        catch (Exception exception) when (exception is ProfilingTableException or ListenerCertificateException or EngineKeyException or ExtensionException)
        {
            IReadOnlyList<OptionProblem> problems = findFileProblems?.Invoke(parsed, true) ?? [];
            IEnumerable<string> lines = problems.Count > 0 ? problems.Select(static found => found.ToString()) : exception.Message.Split('\n');
            await Console.Error.WriteAsync(string.Concat(lines.Select(static line => $"error: {line}\n")));
            return ExitCodes.Usage;
        }

        await using SchedulerHost host = built;
        try
        {
            await host.StartAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"error: could not listen: {exception.Message}");
            return ExitCodes.Failure;
        }

        host.LogStart(program, OptionsReport.RenderEffective(parsed), parsed.IgnoredFlags);
        await host.WaitForShutdownAsync(cancellation);
        host.LogStopped(program);
        return ExitCodes.Success;
    }
}
