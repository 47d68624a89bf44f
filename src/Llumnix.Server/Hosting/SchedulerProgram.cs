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

    /// <summary>Runs the scheduler. 0: stopped as asked; 1: could not start; 2: bad options.</summary>
    public static Task<int> RunAsync(string[] args, CancellationToken cancellation) =>
        RunAsync("scheduler", args, OptionsHelp.Render(SchedulerOptionTable.Instance), cancellation);

    /// <summary>Runs the rescheduler by itself, with the scheduler's flags and exit codes.</summary>
    public static Task<int> RunReschedulerAsync(string[] args, CancellationToken cancellation) => RunAsync(
        "rescheduler",
        ["--standalone-rescheduling-mode", .. args],
        OptionsHelp.Render(SchedulerOptionTable.Instance, SchedulerOptionTable.ReschedulerHelpIntroduction),
        cancellation);

    private static async Task<int> RunAsync(string program, string[] args, string help, CancellationToken cancellation)
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

        await Console.Error.WriteAsync(OptionsReport.RenderProblems(parsed));
        if (parsed.Errors.Count > 0)
        {
            return parsed.ExitCode;
        }

        if (PortCheck.FindProblem(parsed.Options.ListeningPorts) is { } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return ExitCodes.Failure;
        }

        SchedulerHost built;
        try
        {
            built = SchedulerHost.Build(parsed.Options, isProcess: true, parsed: parsed);
        }
        catch (Exception exception) when (exception is ProfilingTableException or ListenerCertificateException or EngineKeyException or ExtensionException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Usage;
        }

        await using SchedulerHost host = built;
        try
        {
            await host.StartAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync("could not listen: " + exception.Message);
            return ExitCodes.Failure;
        }

        host.LogStart(program, OptionsReport.RenderEffective(parsed), parsed.IgnoredFlags);
        await host.WaitForShutdownAsync(cancellation);
        host.LogStopped(program);
        return ExitCodes.Success;
    }
}
