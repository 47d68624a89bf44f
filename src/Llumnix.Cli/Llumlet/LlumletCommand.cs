using System.Net.Sockets;
using System.Runtime.InteropServices;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Otlp;
using Llumnix.Adapters.Secrets;
using Llumnix.Cli.Configuration;
using Llumnix.Cli.Options;
using Llumnix.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Llumlet;

/// <summary><c>llumnix llumlet</c>: a sidecar that reads a plain engine and writes its load into the CMS.</summary>
internal static class LlumletCommand
{
    /// <summary>Runs it. 0: stopped as asked; 1: could not start; 2: bad options.</summary>
    /// <param name="args">The command line without the command's name.</param>
    internal static async Task<int> RunAsync(IReadOnlyList<string> args) =>
        ProgramOptions.Read("llumlet", LlumletOptionTable.Instance, args, ConfigurationCheck.CheckLlumletFiles, out OptionsParseResult<LlumletSettings> parsed)
        ?? await RunAsync(parsed.Options, OptionsReport.RenderEffective(parsed));

    private static async Task<int> RunAsync(LlumletSettings settings, string report)
    {
        ListeningPort[] ports = [new("--port", settings.Port, "--host", settings.Host), new("--grpc-port", settings.GrpcPort, "--host", settings.Host)];
        if (await PortCheck.TellProblemsAsync(ports, Console.Error))
        {
            return ExitCodes.Failure;
        }

        OtlpSettings telemetry = OtlpSettings.ReadEnvironment();
        using ILoggerFactory logging = LoggerFactory.Create(
            builder => ProcessLogging.Configure(builder, verbosity: 0, TimeProvider.System, telemetry.Logs, "llumnix-llumlet"));
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration terminate = StopOn(PosixSignal.SIGTERM, stop);
        using PosixSignalRegistration interrupt = StopOn(PosixSignal.SIGINT, stop);
        try
        {
            await using LlumletHost host = await LlumletHost.StartAsync(settings, TimeProvider.System, logging, stop.Token);
            host.LogStart(report);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Success;
        }
        catch (EngineKeyException exception)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return ExitCodes.Failure;
        }
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        stop.Cancel();
    });
}
