using System.CommandLine;
using System.Net;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Options;
using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Demo;

/// <summary><c>llumnix demo</c>: store, engines, scheduler, gateway and load in one process, without network, Redis or GPU.</summary>
internal static class DemoCommand
{
    private const string Mooncake = "vllm-mooncake";
    private const string Kvt = "vllm-kvt";

    private static readonly Dictionary<string, SchedulingMode> Modes = new(StringComparer.Ordinal)
    {
        ["neutral"] = SchedulingMode.Neutral,
        ["pd_batch"] = SchedulingMode.PdBatch,
        ["pd_staged"] = SchedulingMode.PdStaged,
    };

    private const int MostRequests = 1_000_000;
    private const double MostTargetMs = 7 * 24 * 3_600_000.0;

    private static readonly Option<double> Duration = Positive(
        "--duration", "Seconds of load in all, half with the policy and half with the baseline.", 40, "seconds", 86_400);

    private static readonly Option<double?> Rate = new("--rate")
    {
        Description = $"Requests per second of the built-in workload (default {DemoDefaults.Rates}).",
    };

    private static readonly Option<double> Speed = Positive("--speed", "Arrivals come this many times as fast.", 1, "times", 10_000);

    private static readonly Option<string?> Trace = new("--trace") { Description = "Arrivals from an Azure csv or a Mooncake jsonl file." };

    private static readonly Option<int> Engines = new("--engines") { Description = "Emulated engines.", DefaultValueFactory = _ => 4 };

    private static readonly Option<string> Policy = new("--policy")
    {
        Description = "Scheduling policy.",
        DefaultValueFactory = _ => "load-balance",
    };

    private static readonly Option<string> Mode = new("--mode")
    {
        Description = "neutral, pd_batch or pd_staged; the last two split the engines into prefill and decode.",
        DefaultValueFactory = _ => "neutral",
    };

    private static readonly Option<string> PdProtocol = new("--pd-protocol")
    {
        Description = "With pd_batch: vllm-mooncake (both engines are asked) or vllm-kvt (the decode engine asks the other one).",
        DefaultValueFactory = _ => Mooncake,
    };

    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of workload and decisions.", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> Lite = new("--lite")
    {
        Description = "Lite mode: no CMS; the engines only register themselves, and the gateway reports tokens as they stream.",
    };

    private static readonly Option<bool> CacheAware = new("--cache-aware")
    {
        Description = "With a KV store: load-balance with and without looking into it, on prompts that share prefixes.",
    };

    private static readonly Option<bool> AdaptivePd = new("--adaptive-pd")
    {
        Description = "The slo policy with roles that follow the work, in place of a fixed split; implies --policy slo --mode pd_staged.",
    };

    private static readonly Option<bool> Rescheduling = new("--rescheduling")
    {
        Description = "The rescheduler moves running requests away from full engines and from those that fail; engines get a small KV cache.",
    };

    private static readonly Option<double?> KillEngineAfter = new("--kill-engine-after")
    {
        Description = "Seconds after which the first engine of each run crashes.",
    };

    private static readonly Option<double> TtftSlo = Positive("--ttft-slo", "Target time to first token in milliseconds, by which the runs are compared (not with --cache-aware) and by which slo dispatches.", 1000, "milliseconds", MostTargetMs);

    private static readonly Option<double?> TpotSlo = new("--tpot-slo")
    {
        Description = $"Target time per output token in milliseconds, the same (default {DemoDefaults.Targets}).",
    };

    private static readonly Option<bool> WithConsole = new("--console")
    {
        Description = "The scheduler has its console, on this machine: the page stays the same from one run to the next, and ends with the demo.",
    };

    private static readonly Option<int> ConsolePort = new("--console-port")
    {
        Description = "Port of the console; 0 takes any free one.", DefaultValueFactory = _ => new ConsoleOptions().Port,
    };

    private static readonly Option<string?> Html = OutputFile.CreateOption("--html", "Write a report with charts to this file, one HTML page that needs no network.");

    private static readonly Option<string?> Json = JsonOutput.CreateOption();

    internal static Command Create()
    {
        Policy.AcceptOnlyFromAmong("load-balance", "flood", "round-robin", "slo");
        Mode.AcceptOnlyFromAmong([.. Modes.Keys]);
        PdProtocol.AcceptOnlyFromAmong(Mooncake, Kvt);
        var command = new Command("demo", "Emulated engines under load, and how the policy compares with a baseline.")
        {
            Duration, Rate, Speed, Trace, Engines, Policy, Mode, PdProtocol, Lite, CacheAware, AdaptivePd, Rescheduling, KillEngineAfter, TtftSlo, TpotSlo, Seed, WithConsole, ConsolePort, Html, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        bool isAdaptive = parsed.GetValue(AdaptivePd);
        string policy = isAdaptive ? "slo" : parsed.GetValue(Policy)!;
        SchedulingMode mode = Modes[parsed.GetValue(Mode)!];
        mode = isAdaptive && mode == SchedulingMode.Neutral ? SchedulingMode.PdStaged : mode;
        int engines = parsed.GetValue(Engines);
        TimeSpan run = TimeSpan.FromSeconds(parsed.GetValue(Duration) / 2);
        string? error = engines < (mode == SchedulingMode.Neutral ? 1 : 2) || engines > 256
            ? FormattableString.Invariant($"--engines must be from 1 to 256, and at least 2 where prefill and decode are split, not {engines}")
            : isAdaptive && parsed.GetValue(CacheAware) ? "--cache-aware and --adaptive-pd exclude each other"
            : isAdaptive && parsed.GetValue(Lite) ? "--lite and --adaptive-pd exclude each other"
            : parsed.GetValue(Lite) && policy is ("flood" or "slo") ? "--lite knows the policies load-balance and round-robin"
            : parsed.GetValue(CacheAware) && (parsed.GetValue(Lite) || policy != "load-balance")
                ? "--cache-aware needs --policy load-balance in full mode"
            : parsed.GetValue(Lite) && parsed.GetValue(Rescheduling) ? "--rescheduling needs full mode"
            : parsed.GetValue(PdProtocol) == Kvt && mode != SchedulingMode.PdBatch ? "--pd-protocol vllm-kvt needs --mode pd_batch"
            : parsed.GetValue(TpotSlo) is { } tpot && tpot is not (> 0 and <= MostTargetMs)
                ? FormattableString.Invariant($"--tpot-slo must be a number of milliseconds above 0, at most {MostTargetMs}, not {tpot}")
            : parsed.GetValue(KillEngineAfter) is { } kill && (!(kill >= 0) || engines < 2) ? "--kill-engine-after must be 0 seconds or more, and needs a second engine"
            : parsed.GetValue(KillEngineAfter) >= run.TotalSeconds
                ? FormattableString.Invariant($"--kill-engine-after must be below {run.TotalSeconds:0.##} seconds, half of --duration, the length of a run")
            : isAdaptive && parsed.GetResult(Mode) is { Implicit: false } && parsed.GetValue(Mode) == "neutral" ? "--adaptive-pd needs --mode pd_staged or pd_batch, not neutral"
            : isAdaptive && parsed.GetResult(Policy) is { Implicit: false } && parsed.GetValue(Policy) != "slo" ? "--adaptive-pd needs --policy slo"
            : parsed.GetValue(ConsolePort) is < 0 or > IPEndPoint.MaxPort ? FormattableString.Invariant($"--console-port must be a port, from 0 to 65535, not {parsed.GetValue(ConsolePort)}")
            : null;
        DemoDefaults defaults = DemoDefaults.Of(policy, mode, parsed.GetValue(CacheAware), isAdaptive, parsed.GetValue(Rescheduling), parsed.GetValue(KillEngineAfter) is not null);
        IReadOnlyList<RequestArrival> arrivals = error is null ? ReadArrivals(parsed, defaults.Rate, run, ref error) : [];
        if (error is not null)
        {
            return await UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "demo", error);
        }

        if (parsed.GetValue(WithConsole)
            && PortCheck.FindProblem([new ListeningPort(ConsolePort.Name, parsed.GetValue(ConsolePort), ConsolePort.Name, "127.0.0.1")]) is { } problem)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(problem);
            return ExitCodes.Failure;
        }

        if (!EmbeddedStore.IsAvailable)
        {
            await Console.Error.WriteLineAsync("this build goes without the store that demo runs on: use the engine's image or a build of the checkout");
            return ExitCodes.Failure;
        }

        var settings = new DemoSettings(policy, engines, mode, run, arrivals, parsed.GetValue(Seed))
        {
            IsTrace = parsed.GetValue(Trace) is not null,
            IsKvt = parsed.GetValue(PdProtocol) == Kvt,
            IsLite = parsed.GetValue(Lite),
            IsCacheAware = parsed.GetValue(CacheAware),
            IsAdaptivePd = isAdaptive,
            IsRescheduling = parsed.GetValue(Rescheduling),
            KillEngineAfter = parsed.GetValue(KillEngineAfter) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            ConsolePort = parsed.GetValue(WithConsole) ? parsed.GetValue(ConsolePort) : null,
            IsObserved = parsed.GetValue(Html) is not null,
            Targets = parsed.GetValue(CacheAware) ? null : new LatencyTargets(
                TimeSpan.FromMilliseconds(parsed.GetValue(TtftSlo)),
                TimeSpan.FromMilliseconds(parsed.GetValue(TpotSlo) ?? defaults.TpotMs)),
        };
        string? json = parsed.GetValue(Json);
        DemoComparison comparison;
        try
        {
            comparison = await new DemoRunner(settings, JsonOutput.ConsoleFor(json), TimeProvider.System).RunAsync(cancellation);
        }
        catch (IOException exception) when (settings.ConsolePort is not null)
        {
            await Console.Error.WriteLineAsync($"the demo could not start; --console-port chooses another port for its console: {exception.Message}");
            return ExitCodes.Failure;
        }

        try
        {
            await JsonOutput.WriteAsync(json, () => DemoJson.Write(comparison), parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(Html) is { } html)
            {
                await OutputFile.WriteAsync(Html.Name, html, DemoHtml.Write(comparison, settings));
            }
        }
        catch (IOException exception)
        {
            return await UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "demo", exception.Message);
        }

        return cancellation.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Success;
    }

    private static IReadOnlyList<RequestArrival> ReadArrivals(ParseResult parsed, double defaultRate, TimeSpan run, ref string? error)
    {
        double speed = parsed.GetValue(Speed);
        double? rate = parsed.GetValue(Rate);
        IReadOnlyList<RequestArrival> arrivals = [];
        if (parsed.GetValue(Trace) is not { } path)
        {
            error = rate is <= 0 ? FormattableString.Invariant($"--rate must be a number of requests per second above 0, not {rate}")
                : (rate ?? defaultRate) * run.TotalSeconds * speed is var requests and > MostRequests
                ? FormattableString.Invariant($"--rate, --duration and --speed make {requests:0.###e+0} requests in a run; at most {MostRequests} can be played")
                : null;
            arrivals = error is null
                ? Generate(parsed, rate ?? defaultRate, run * speed)
                : arrivals;
        }
        else if (rate is not null)
        {
            error = "--rate is for the built-in workload; with --trace use --speed";
        }
        else
        {
            TraceReading trace = TraceFile.Read(path);
            error = trace.Error is { } problem ? $"{Trace.Name}: {problem}" : null;
            arrivals = trace.Arrivals;
        }

        arrivals = error is null ? arrivals.SpeedUp(speed).CutAt(run) : [];
        if (error is null && parsed.GetValue(KillEngineAfter) is { } kill && (arrivals.Count == 0 || kill >= arrivals[^1].Offset.TotalSeconds))
        {
            error = FormattableString.Invariant($"--kill-engine-after must be below {(arrivals.Count == 0 ? 0 : arrivals[^1].Offset.TotalSeconds):0.##} seconds, when the last request arrives: a crash after it would show nothing");
        }

        return arrivals;
    }

    private static IReadOnlyList<RequestArrival> Generate(ParseResult parsed, double rate, TimeSpan duration) => parsed.GetValue(CacheAware)
        ? SharedPrefixWorkload.Generate(rate, duration, parsed.GetValue(Seed))
        : BuiltInWorkloads.AzureConversation.Generate(rate, duration, parsed.GetValue(Seed));

    private static Option<double> Positive(string name, string description, double value, string unit, double most)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => value };
        return option.Check(number => number > 0 && number <= most, FormattableString.Invariant($"a number of {unit} above 0, at most {most}"));
    }
}
