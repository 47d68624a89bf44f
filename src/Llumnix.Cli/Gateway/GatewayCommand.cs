using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Options;
using Llumnix.Gateway.Keys;

namespace Llumnix.Cli.Gateway;

/// <summary><c>llumnix gateway</c>: an OpenAI endpoint in front of a fleet, which asks schedulers where requests go.</summary>
internal static class GatewayCommand
{
    /// <summary>Runs the gateway. 0: stopped as asked; 1: could not start; 2: bad options.</summary>
    /// <param name="args">The command line without the command's name.</param>
    internal static async Task<int> RunAsync(IReadOnlyList<string> args) =>
        ProgramOptions.Read(GatewayOptionTable.Instance, args, out OptionsParseResult<GatewayFlags> parsed)
        ?? await RunAsync(parsed.Options.ToSettings(), OptionsReport.RenderEffective(parsed));

    private static async Task<int> RunAsync(GatewaySettings settings, string report)
    {
        FleetGateway built;
        try
        {
            built = new FleetGateway(settings);
        }
        catch (Exception exception) when (exception is ApiKeyFileException or ListenerCertificateException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }

        await using FleetGateway gateway = built;
        try
        {
            await gateway.Host.StartAsync(CancellationToken.None);
        }
        catch (IOException exception)
        {
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"could not listen on {settings.Gateway.Host}:{settings.Gateway.Port}: {exception.Message}"));
            return 1;
        }

        await Console.Out.WriteLineAsync($"serving at {gateway.Host.Address}v1");
        gateway.LogStart(report);
        await gateway.Host.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
}
