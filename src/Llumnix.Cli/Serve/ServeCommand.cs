using System.CommandLine;
using System.Net;
using Llumnix.Adapters.Listeners;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Serve;

/// <summary><c>llumnix serve</c>: an OpenAI endpoint in front of engines, with the scheduler in the same process.</summary>
internal static class ServeCommand
{
    internal static Command Create()
    {
        var defaults = new GatewayOptions();
        var host = new Option<string>("--host") { Description = "IP address to listen on, or localhost.", DefaultValueFactory = _ => defaults.Host };
        host.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && text != "localhost" && !IPAddress.TryParse(text, out _))
            {
                result.AddError("--host must be an IP address or localhost");
            }
        });
        Option<int> port = NumberOption.Create("--port", "TCP port to listen on; 0: any free port.", defaults.Port, 0, IPEndPoint.MaxPort);
        Option<int> retries = NumberOption.Create(
            "--retry-max-count", "How often a request is placed again after an engine failed, before the client has seen anything.", defaults.RetryMaxCount, 0, 100);
        Option<int> wait = NumberOption.Create(
            "--wait-scheduling-timeout", "How long a request waits for room in an engine, in seconds.", (int)defaults.WaitSchedulingTimeout.TotalSeconds, 0, 86_400);
        Option<int> drain = NumberOption.Create(
            "--drain-timeout", "How long requests go on after SIGTERM, in seconds.", (int)defaults.DrainTimeout.TotalSeconds, 0, 86_400);
        Option<int> body = NumberOption.Create("--max-body-mib", "Longest body of a request, in MiB.", defaults.MaxBodyBytes >> 20, 1, 1024);
        var authorization = new Option<bool>("--forward-authorization") { Description = "Send the clients' credentials (Authorization, Cookie, x-api-key, api-key) on to the engines." };
        var command = new Command("serve", "Serves the OpenAI API in front of engines, with load-aware scheduling. Needs nothing else.")
        {
            host, port, retries, wait, drain, body, authorization,
        };
        var traffic = new TrafficOptions();
        traffic.AddTo(command);
        var tracing = new TracingOptions();
        tracing.AddTo(command);
        Option<string> promptTokens = PromptTokensOption.Create();
        command.Add(promptTokens);
        var routes = new RouteOptions();
        routes.AddTo(command);
        var fleet = new FleetOptions();
        fleet.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            GatewayOptions options = defaults;
            if (routes.Apply(parsed, ref options) is { } misfit)
            {
                Console.Error.WriteLine(misfit);
                return Task.FromResult(2);
            }

            var settings = new ServeSettings
            {
                IsProcess = true,
                Gateway = PromptTokensOption.Apply(promptTokens, parsed, tracing.Apply(parsed, traffic.Apply(parsed, options))) with
                {
                    Host = parsed.GetValue(host)!,
                    Port = parsed.GetValue(port),
                    RetryMaxCount = parsed.GetValue(retries),
                    WaitSchedulingTimeout = TimeSpan.FromSeconds(parsed.GetValue(wait)),
                    DrainTimeout = TimeSpan.FromSeconds(parsed.GetValue(drain)),
                    MaxBodyBytes = parsed.GetValue(body) << 20,
                    IsAuthorizationForwarded = parsed.GetValue(authorization),
                },
            };
            if (!fleet.TryApply(parsed, settings, out ServeSettings? applied, out string? problem))
            {
                Console.Error.WriteLine(problem);
                return Task.FromResult(2);
            }

            return RunAsync(applied);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServeSettings settings)
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
        await host.Gateway.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
}
