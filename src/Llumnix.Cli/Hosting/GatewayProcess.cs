using System.Net.Sockets;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Secrets;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Mirroring;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Hosting;

/// <summary>Runs a gateway until a signal ends it: what <c>llumnix serve</c> and <c>llumnix gateway</c> do alike.</summary>
internal static class GatewayProcess
{
    /// <summary>Builds, starts and runs it. 0: stopped as asked; 1: could not start; 2: bad options.</summary>
    /// <param name="build">Builds it.</param>
    /// <param name="options">The gateway's options.</param>
    /// <param name="morePorts">Ports that it listens on beside the gateway's.</param>
    /// <param name="report">The options that differ from their defaults, for the log.</param>
    internal static async Task<int> RunAsync(Func<IHostedGateway> build, GatewayOptions options, IReadOnlyList<ListeningPort> morePorts, string report)
    {
        if (await PortCheck.TellProblemsAsync([new ListeningPort("--port", options.Port, "--host", options.Host), .. morePorts], Console.Error))
        {
            return ExitCodes.Failure;
        }

        IHostedGateway built;
        try
        {
            built = build();
        }
        catch (Exception exception) when (exception is ArgumentException or ApiKeyFileException or EngineKeyException or MirrorFileException or ListenerCertificateException)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return ExitCodes.Usage;
        }

        await using IHostedGateway gateway = built;
        try
        {
            await gateway.Host.StartAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"error: could not listen: {exception.Message}");
            return ExitCodes.Failure;
        }

        gateway.LogStart(report);
        await gateway.Host.WaitForShutdownAsync(CancellationToken.None);
        gateway.LogStopped();
        return ExitCodes.Success;
    }
}
