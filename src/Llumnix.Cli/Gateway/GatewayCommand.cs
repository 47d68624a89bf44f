using Llumnix.Adapters.Options;
using Llumnix.Cli.Hosting;
using Llumnix.Cli.Configuration;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Gateway;

/// <summary><c>llumnix gateway</c>: an OpenAI endpoint in front of a fleet, which asks schedulers where requests go.</summary>
internal static class GatewayCommand
{
    /// <summary>Runs the gateway. 0: stopped as asked; 1: could not start; 2: bad options.</summary>
    /// <param name="args">The command line without the command's name.</param>
    internal static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (ProgramOptions.Read("gateway", GatewayOptionTable.Instance, args, ConfigurationCheck.CheckGatewayFiles, out OptionsParseResult<GatewayFlags> parsed) is { } exitCode)
        {
            return exitCode;
        }

        GatewaySettings settings = parsed.Options.ToSettings();
        return await GatewayProcess.RunAsync(() => new FleetGateway(settings), settings.Gateway, [], OptionsReport.RenderEffective(parsed));
    }
}
