using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Llumnix.Adapters.Listeners;
using Llumnix.Cli.Serve;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Gateway;

/// <summary><c>llumnix gateway</c>: an OpenAI endpoint in front of a fleet, which asks schedulers where requests go.</summary>
internal static class GatewayCommand
{
    private const string RoundRobin = "round-robin";

    internal static Command Create()
    {
        var defaults = new GatewayOptions();
        var host = new Option<string>("--host") { Description = "IP address to listen on, or localhost.", DefaultValueFactory = static _ => "0.0.0.0" };
        host.Validators.Add(static result => Require(result, static text => text == "localhost" || IPAddress.TryParse(text, out _), "must be an IP address or localhost"));
        Option<int> port = NumberOption.Create("--port", "TCP port to listen on; 0: any free port.", 8001, 0, IPEndPoint.MaxPort);
        var schedulers = new Option<string>("--scheduler-endpoints")
        {
            Description = "The schedulers, host:port or URLs with commas between, in the order in which they are asked. None: as --scheduling-policy round-robin.",
            DefaultValueFactory = static _ => "",
        };
        schedulers.Validators.Add(static result => Require(result, static text => SchedulerUrls.TryRead(text, out _), "must be a list of host:port or http(s)://host:port"));
        var schedulerDiscovery = new Option<string>("--scheduler-discovery") { Description = "How schedulers are found.", DefaultValueFactory = static _ => "endpoints" };
        schedulerDiscovery.Validators.Add(static result => Require(result, static text => text == "endpoints", "must be endpoints"));
        var token = new Option<string>("--service-token") { Description = "Token for the schedulers.", DefaultValueFactory = static _ => "" };
        token.Validators.Add(static result => Require(result, static text => text.All(static c => c is > ' ' and < (char)127), "must be of printable ASCII characters"));
        var policy = new Option<string>("--scheduling-policy")
        {
            Description = "round-robin: no scheduler is asked, and requests go to the emptier of two random engines. Anything else: schedulers decide.",
            DefaultValueFactory = static _ => "load-balance",
        };
        Option<string> wait = Duration("--wait-scheduling-timeout", "How long a request waits for room in an engine.", "5s", isZeroAllowed: true);
        Option<string> interval = Duration("--wait-scheduling-retry-interval", "Time between two of its attempts.", "1s", isZeroAllowed: false);
        Option<string> report = Duration("--requests-report-duration", "Time between two reports of running requests to the schedulers.", "1", isZeroAllowed: false);
        var forward = new Option<bool>("--forward-tokens") { Description = "Send schedulers the token ids of prompts, where clients send ids or --prompt-tokens=engine finds them; needed for cache-aware scheduling." };
        Option<int> retries = NumberOption.Create(
            "--retry-max-count", "How often a request is placed again after an engine failed, before the client has seen anything.", defaults.RetryMaxCount, 0, 100);
        Option<int> drain = NumberOption.Create(
            "--drain-timeout", "How long requests go on after SIGTERM, in seconds.", (int)defaults.DrainTimeout.TotalSeconds, 0, 86_400);
        Option<int> body = NumberOption.Create("--max-body-mib", "Longest body of a request, in MiB.", defaults.MaxBodyBytes >> 20, 1, 1024);
        var authorization = new Option<bool>("--forward-authorization") { Description = "Send the clients' credentials (Authorization, Cookie, x-api-key, api-key) on to the engines." };
        IReadOnlyList<Option<string>> discovery = [.. FleetDiscovery.Flags.Select(static flag => new Option<string>("--" + flag.Name) { Description = flag.Description })];
        IReadOnlyList<Option<string>> ignored =
            [.. ReplacedFlags.Ignored.Select(static name => new Option<string>("--" + name) { Description = "Accepted without effect.", Hidden = true, Arity = ArgumentArity.ZeroOrOne })];
        var command = new Command("gateway", "Serves the OpenAI API in front of a fleet whose requests are placed by schedulers.")
        {
            host, port, schedulers, schedulerDiscovery, token, policy, wait, interval, report, forward, retries, drain, body, authorization,
        };
        var traffic = new TrafficOptions();
        traffic.AddTo(command);
        var tracing = new TracingOptions();
        tracing.AddTo(command);
        Option<string> promptTokens = PromptTokensOption.Create();
        command.Add(promptTokens);
        var disaggregation = new DisaggregationOptions();
        disaggregation.AddTo(command);
        var routes = new RouteOptions();
        routes.AddTo(command);
        foreach (Option<string> option in discovery.Concat(ignored))
        {
            command.Add(option);
        }

        command.SetAction((parsed, _) =>
        {
            OptionsParseResult found = FleetDiscovery.Parse([.. discovery.Where(option => parsed.GetResult(option) is not null).Select(option => $"{option.Name}={parsed.GetValue(option)}")]);
            if (found.Errors.Count > 0)
            {
                Console.Error.WriteLine(string.Join(Environment.NewLine, found.Errors));
                return Task.FromResult(2);
            }

            GatewayOptions options = PromptTokensOption.Apply(promptTokens, parsed, tracing.Apply(parsed, traffic.Apply(parsed, defaults)));
            if ((disaggregation.Apply(parsed, ref options) ?? routes.Apply(parsed, ref options)) is { } problem)
            {
                Console.Error.WriteLine(problem);
                return Task.FromResult(2);
            }

            bool asksSchedulers = parsed.GetValue(policy) != RoundRobin;
            SchedulerUrls.TryRead(asksSchedulers ? parsed.GetValue(schedulers)! : "", out IReadOnlyList<Uri>? urls);
            return RunAsync(new GatewaySettings
            {
                IsProcess = true,
                Discovery = found.Options.Discovery,
                Schedulers = new SchedulerPlacerOptions
                {
                    Schedulers = [.. urls!.Select(url => new SchedulerAccess(url) { ServiceToken = parsed.GetValue(token)! })],
                    ReportInterval = Read(parsed.GetValue(report)!),
                },
                Gateway = options with
                {
                    Host = parsed.GetValue(host)!,
                    Port = parsed.GetValue(port),
                    RetryMaxCount = parsed.GetValue(retries),
                    WaitSchedulingTimeout = Read(parsed.GetValue(wait)!),
                    WaitSchedulingRetryInterval = Read(parsed.GetValue(interval)!),
                    DrainTimeout = TimeSpan.FromSeconds(parsed.GetValue(drain)),
                    MaxBodyBytes = parsed.GetValue(body) << 20,
                    IsTokensForwarded = parsed.GetValue(forward),
                    IsAuthorizationForwarded = parsed.GetValue(authorization),
                },
            });
        });
        return command;
    }

    private static Option<string> Duration(string name, string description, string value, bool isZeroAllowed)
    {
        var option = new Option<string>(name) { Description = $"{description} Like 5s or 500ms; a bare number is seconds.", DefaultValueFactory = _ => value };
        option.Validators.Add(result => Require(
            result,
            text => DurationText.TryRead(text, out TimeSpan duration) && (isZeroAllowed || duration > TimeSpan.Zero),
            isZeroAllowed ? "must be a duration from 0 to 7 days, like 5s" : "must be a duration above 0, up to 7 days, like 5s"));
        return option;
    }

    private static TimeSpan Read(string text) => DurationText.TryRead(text, out TimeSpan duration) ? duration : default;

    private static void Require(OptionResult result, Func<string, bool> isGood, string rule)
    {
        if (!result.Errors.Any() && result.Tokens.Count > 0 && !isGood(result.Tokens[0].Value))
        {
            result.AddError($"{result.Option.Name} {rule}");
        }
    }

    private static async Task<int> RunAsync(GatewaySettings settings)
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
        await gateway.Host.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
}
