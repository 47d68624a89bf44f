using System.CommandLine;
using System.Net;
using Llumnix.Cli.Options;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Demo;

/// <summary>The options of <c>llumnix demo</c>. What they have to do with each other is in <see cref="DemoRules"/>.</summary>
internal static class DemoFlags
{
    private const string Mooncake = "vllm-mooncake";
    internal const string Kvt = "vllm-kvt";

    private static readonly Dictionary<string, SchedulingMode> Modes = new(StringComparer.Ordinal)
    {
        ["neutral"] = SchedulingMode.Neutral,
        ["pd_batch"] = SchedulingMode.PdBatch,
        ["pd_staged"] = SchedulingMode.PdStaged,
    };

    private const double MostTargetMs = 7 * 24 * 3_600_000.0;

    internal static readonly Option<double> Duration = Positive(
        "--duration", "Seconds of load in all, half with the policy and half with the baseline.", 40, "seconds", 86_400);

    internal static readonly Option<double?> Rate = new Option<double?>("--rate")
    {
        Description = $"Requests per second of the built-in workload (default {DemoDefaults.Rates}).",
    }.Check(static rate => rate > 0 && double.IsFinite(rate), "a number of requests per second above 0");

    internal static readonly Option<double> Speed = Positive("--speed", "Arrivals come this many times as fast.", 1, "times", 10_000);

    internal static readonly Option<string?> Trace = InputFile.CreateOption("--trace", "Arrivals from an Azure csv or a Mooncake jsonl file.");

    internal static readonly Option<int> EngineCount = new Option<int>("--engines") { Description = "Emulated engines.", DefaultValueFactory = _ => 4 }
        .Check(static engines => engines is >= 1 and <= 256, "from 1 to 256, and at least 2 where prefill and decode are split");

    internal static readonly Option<string> Policy = new("--policy")
    {
        Description = "Scheduling policy.",
        DefaultValueFactory = _ => "load-balance",
    };

    internal static readonly Option<string> Mode = new("--mode")
    {
        Description = "neutral, pd_batch or pd_staged; the last two split the engines into prefill and decode.",
        DefaultValueFactory = _ => "neutral",
    };

    internal static readonly Option<string> PdProtocol = new("--pd-protocol")
    {
        Description = "With pd_batch: vllm-mooncake (both engines are asked) or vllm-kvt (the decode engine asks the other one).",
        DefaultValueFactory = _ => Mooncake,
    };

    internal static readonly Option<int> Seed = new("--seed") { Description = "Seed of workload and decisions.", DefaultValueFactory = _ => 1 };

    internal static readonly Option<bool> Lite = new("--lite")
    {
        Description = "Lite mode: no CMS; the engines only register themselves, and the gateway reports tokens as they stream.",
    };

    internal static readonly Option<bool> CacheAware = new("--cache-aware")
    {
        Description = "With a KV store: load-balance with and without looking into it, on prompts that share prefixes.",
    };

    internal static readonly Option<bool> AdaptivePd = new("--adaptive-pd")
    {
        Description = "The slo policy with roles that follow the work, in place of a fixed split; implies --policy slo --mode pd_staged.",
    };

    internal static readonly Option<bool> Rescheduling = new("--rescheduling")
    {
        Description = "The rescheduler moves running requests away from full engines and from those that fail; engines get a small KV cache.",
    };

    internal static readonly Option<double?> KillEngineAfter = new Option<double?>("--kill-engine-after")
    {
        Description = "Seconds after which the first engine of each run crashes.",
    }.Check(static seconds => seconds >= 0 && double.IsFinite(seconds), "0 seconds or more");

    internal static readonly Option<double> TtftSlo = Positive("--ttft-slo", "Target time to first token in milliseconds, by which the runs are compared (not with --cache-aware) and by which slo dispatches.", 1000, "milliseconds", MostTargetMs);

    internal static readonly Option<double?> TpotSlo = new Option<double?>("--tpot-slo")
    {
        Description = $"Target time per output token in milliseconds, the same (default {DemoDefaults.Targets}).",
    }.Check(static target => target is > 0 and <= MostTargetMs, FormattableString.Invariant($"a number of milliseconds above 0, at most {MostTargetMs}"));

    internal static readonly Option<bool> WithConsole = new("--console")
    {
        Description = "The scheduler has its console, on this machine: the page stays the same from one run to the next, and ends with the demo.",
    };

    internal static readonly Option<int> ConsolePort = new Option<int>("--console-port")
    {
        Description = "Port of the console; 0 takes any free one.", DefaultValueFactory = _ => new ConsoleOptions().Port,
    }.Check(static port => port is >= 0 and <= IPEndPoint.MaxPort, $"a port, from 0 to {IPEndPoint.MaxPort}");

    internal static readonly Option<string?> Html = OutputFile.CreateOption("--html", "Write a report with charts to this file, one HTML page that needs no network.");

    internal static readonly Option<string?> Json = JsonOutput.CreateOption();

    /// <summary>The options that the defaults of load and target depend on.</summary>
    internal static readonly IReadOnlyList<Option> OfDefaults = [Policy, Mode, CacheAware, AdaptivePd, Rescheduling, KillEngineAfter];

    static DemoFlags()
    {
        Policy.AcceptOnlyFromAmong("load-balance", "flood", "round-robin", "slo");
        Mode.AcceptOnlyFromAmong([.. Modes.Keys]);
        PdProtocol.AcceptOnlyFromAmong(Mooncake, Kvt);
    }

    /// <summary>The policy that is shown.</summary>
    internal static string PolicyOf(ParseResult parsed) => parsed.GetValue(AdaptivePd) ? "slo" : parsed.GetValue(Policy)!;

    /// <summary>The mode that is shown.</summary>
    internal static SchedulingMode ModeOf(ParseResult parsed)
    {
        SchedulingMode mode = Modes[parsed.GetValue(Mode)!];
        return parsed.GetValue(AdaptivePd) && mode == SchedulingMode.Neutral ? SchedulingMode.PdStaged : mode;
    }

    /// <summary>Length of the arrivals of one run.</summary>
    internal static TimeSpan RunOf(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetValue(Duration) / 2);

    /// <summary>Load and target where none are given.</summary>
    internal static DemoDefaults DefaultsOf(ParseResult parsed) => DemoDefaults.Of(
        PolicyOf(parsed), ModeOf(parsed), parsed.GetValue(CacheAware), parsed.GetValue(AdaptivePd), parsed.GetValue(Rescheduling), parsed.GetValue(KillEngineAfter) is not null);

    private static Option<double> Positive(string name, string description, double value, string unit, double most)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => value };
        return option.Check(number => number > 0 && number <= most, FormattableString.Invariant($"a number of {unit} above 0, at most {most}"));
    }
}
