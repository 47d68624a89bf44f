using System.CommandLine;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Demo;

/// <summary><c>llumnix demo</c>: store, engines, scheduler, gateway and load in one process, without network, Redis or GPU.</summary>
internal static class DemoCommand
{
    internal static Command Create()
    {
        var workload = new DemoWorkload();
        var command = new CheckedCommand(
            "demo", "Emulated engines under load, and how the policy compares with a baseline.", parsed => DemoRules.FindProblems(parsed, workload))
        {
            DemoFlags.Duration,
            DemoFlags.Rate,
            DemoFlags.Speed,
            DemoFlags.Trace,
            DemoFlags.EngineCount,
            DemoFlags.Policy,
            DemoFlags.Mode,
            DemoFlags.PdProtocol,
            DemoFlags.Lite,
            DemoFlags.CacheAware,
            DemoFlags.AdaptivePd,
            DemoFlags.Rescheduling,
            DemoFlags.KillEngineAfter,
            DemoFlags.TtftSlo,
            DemoFlags.TpotSlo,
            DemoFlags.Seed,
            DemoFlags.WithConsole,
            DemoFlags.ConsolePort,
            DemoFlags.Html,
            DemoFlags.Json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, workload, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, DemoWorkload workload, CancellationToken cancellation)
    {
        if (parsed.GetValue(DemoFlags.WithConsole)
            && await PortCheck.TellProblemsAsync(
                [new ListeningPort(DemoFlags.ConsolePort.Name, parsed.GetValue(DemoFlags.ConsolePort), DemoFlags.ConsolePort.Name, "127.0.0.1")],
                parsed.InvocationConfiguration.Error))
        {
            return ExitCodes.Failure;
        }

        if (!EmbeddedStore.IsAvailable)
        {
            await Console.Error.WriteLineAsync("error: this build goes without the store that demo runs on: use the engine's image or a build of the checkout");
            return ExitCodes.Failure;
        }

        var settings = new DemoSettings(
            DemoFlags.PolicyOf(parsed),
            parsed.GetValue(DemoFlags.EngineCount),
            DemoFlags.ModeOf(parsed),
            DemoFlags.RunOf(parsed),
            workload.MakeArrivals(parsed),
            parsed.GetValue(DemoFlags.Seed))
        {
            IsTrace = parsed.GetValue(DemoFlags.Trace) is not null,
            IsKvt = parsed.GetValue(DemoFlags.PdProtocol) == DemoFlags.Kvt,
            IsLite = parsed.GetValue(DemoFlags.Lite),
            IsCacheAware = parsed.GetValue(DemoFlags.CacheAware),
            IsAdaptivePd = parsed.GetValue(DemoFlags.AdaptivePd),
            IsRescheduling = parsed.GetValue(DemoFlags.Rescheduling),
            KillEngineAfter = parsed.GetValue(DemoFlags.KillEngineAfter) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            ConsolePort = parsed.GetValue(DemoFlags.WithConsole) ? parsed.GetValue(DemoFlags.ConsolePort) : null,
            IsObserved = parsed.GetValue(DemoFlags.Html) is not null,
            Targets = parsed.GetValue(DemoFlags.CacheAware) ? null : new LatencyTargets(
                TimeSpan.FromMilliseconds(parsed.GetValue(DemoFlags.TtftSlo)),
                TimeSpan.FromMilliseconds(parsed.GetValue(DemoFlags.TpotSlo) ?? DemoFlags.DefaultsOf(parsed).TpotMs)),
        };
        string? json = parsed.GetValue(DemoFlags.Json);
        DemoComparison comparison;
        try
        {
            comparison = await new DemoRunner(settings, JsonOutput.ConsoleFor(json), TimeProvider.System).RunAsync(cancellation);
        }
        catch (IOException exception) when (settings.ConsolePort is not null)
        {
            await Console.Error.WriteLineAsync($"error: the demo could not start; --console-port chooses another port for its console: {exception.Message}");
            return ExitCodes.Failure;
        }

        try
        {
            await JsonOutput.WriteAsync(json, () => DemoJson.Write(comparison), parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(DemoFlags.Html) is { } html)
            {
                await OutputFile.WriteAsync(DemoFlags.Html.Name, html, DemoHtml.Write(comparison, settings));
            }
        }
        catch (IOException exception)
        {
            return await UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "demo", exception.Message);
        }

        return cancellation.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Success;
    }
}
