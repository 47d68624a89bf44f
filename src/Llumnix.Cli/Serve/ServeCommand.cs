using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Options;
using Llumnix.Gateway.Keys;

namespace Llumnix.Cli.Serve;

/// <summary><c>llumnix serve</c>: an OpenAI endpoint in front of engines, with the scheduler in the same process.</summary>
internal static class ServeCommand
{
    /// <summary>Runs gateway and scheduler. 0: stopped as asked; 1: could not start; 2: bad options.</summary>
    /// <param name="args">The command line without the command's name.</param>
    internal static async Task<int> RunAsync(IReadOnlyList<string> args) =>
        ProgramOptions.Read(ServeOptionTable.Instance, args, out OptionsParseResult<ServeSettings> parsed)
        ?? await RunAsync(parsed.Options with { IsProcess = true, Gateway = parsed.Options.Gateway.WithRoutes(out _) }, OptionsReport.RenderEffective(parsed));

    private static async Task<int> RunAsync(ServeSettings settings, string report)
    {
        ServeHost built;
        try
        {
            built = ServeHost.Build(settings);
        }
        catch (Exception exception) when (exception is ArgumentException or ApiKeyFileException or ListenerCertificateException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }

        await using ServeHost host = built;
        try
        {
            await host.Gateway.StartAsync(CancellationToken.None);
        }
        catch (IOException exception)
        {
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"could not listen on {settings.Gateway.Host}:{settings.Gateway.Port}: {exception.Message}"));
            return 1;
        }

        int engines = settings.ToInstances().Count;
        await Console.Out.WriteLineAsync($"serving {engines} engine{(engines == 1 ? "" : "s")} at {host.Gateway.Address}v1");
        host.LogStart(report);
        await host.Gateway.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
}
