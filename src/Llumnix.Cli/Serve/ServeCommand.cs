using Llumnix.Adapters.Options;
using Llumnix.Cli.Hosting;
using Llumnix.Cli.Configuration;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Serve;

/// <summary><c>llumnix serve</c>: an OpenAI endpoint in front of engines, with the scheduler in the same process.</summary>
internal static class ServeCommand
{
    /// <summary>Runs gateway and scheduler. 0: stopped as asked; 1: could not start; 2: bad options.</summary>
    /// <param name="args">The command line without the command's name.</param>
    internal static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (ProgramOptions.Read("serve", ServeOptionTable.Instance, args, ConfigurationCheck.CheckServeFiles, out OptionsParseResult<ServeSettings> parsed) is { } exitCode)
        {
            return exitCode;
        }

        ServeSettings settings = parsed.Options with { IsProcess = true };
        return await GatewayProcess.RunAsync(
            () => ServeHost.Build(settings, parsed: parsed),
            settings.Gateway,
            [.. settings.Console.ListeningPorts],
            OptionsReport.RenderEffective(parsed));
    }
}
