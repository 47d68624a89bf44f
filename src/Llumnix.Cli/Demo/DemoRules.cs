using System.CommandLine;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Options;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;
using static Llumnix.Cli.Demo.DemoFlags;

namespace Llumnix.Cli.Demo;

/// <summary>What the options of <c>llumnix demo</c> have to do with each other.</summary>
/// <remarks>The rules see policy and mode as they are written, but for those of split engines: what <c>--adaptive-pd</c> implies breaks none of the others.</remarks>
internal static class DemoRules
{
    private const int MostRequests = 1_000_000;

    private static readonly IReadOnlyList<CommandRule> Rules =
    [
        new([EngineCount, Mode, AdaptivePd], static p => p.GetValue(EngineCount) == 1 && IsSplit(p), "--engines must be at least 2 where prefill and decode are split, not 1"),
        new(
            [EngineCount, Mode, AdaptivePd, KillEngineAfter],
            static p => p.GetValue(EngineCount) == 1 && !IsSplit(p) && p.GetValue(KillEngineAfter) is not null,
            "--kill-engine-after needs a second engine"),
        new([CacheAware, AdaptivePd], static p => p.GetValue(CacheAware) && p.GetValue(AdaptivePd), "--cache-aware and --adaptive-pd exclude each other"),
        new([Lite, AdaptivePd], static p => p.GetValue(Lite) && p.GetValue(AdaptivePd), "--lite and --adaptive-pd exclude each other"),
        new([Lite, Policy], static p => p.GetValue(Lite) && p.GetValue(Policy) is "flood" or "slo", "--lite knows the policies load-balance and round-robin"),
        new(
            [CacheAware, Lite, Policy],
            static p => p.GetValue(CacheAware) && (p.GetValue(Lite) || p.GetValue(Policy) != "load-balance"),
            "--cache-aware needs --policy load-balance in full mode"),
        new([Lite, Rescheduling], static p => p.GetValue(Lite) && p.GetValue(Rescheduling), "--rescheduling needs full mode"),
        new([PdProtocol, Mode], static p => p.GetValue(PdProtocol) == Kvt && p.GetValue(Mode) != "pd_batch", "--pd-protocol vllm-kvt needs --mode pd_batch"),
        new(
            [AdaptivePd, Mode],
            static p => p.GetValue(AdaptivePd) && CommandRule.IsGiven(p, Mode) && p.GetValue(Mode) == "neutral",
            "--adaptive-pd needs --mode pd_staged or pd_batch, not neutral"),
        new([AdaptivePd, Policy], static p => p.GetValue(AdaptivePd) && CommandRule.IsGiven(p, Policy) && p.GetValue(Policy) != "slo", "--adaptive-pd needs --policy slo"),
        new([KillEngineAfter, Duration], FindLateCrash),
        new([], static p => CommandRule.IsGiven(p, Rate) && CommandRule.IsGiven(p, Trace), "--rate is for the built-in workload; with --trace use --speed"),
    ];

    /// <summary>What is wrong with a command line, a line for each.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="workload">Reads the trace.</param>
    internal static IEnumerable<string> FindProblems(ParseResult parsed, DemoWorkload workload)
    {
        string[] inArrivals = CommandRule.IsGiven(parsed, Trace) ? FindInTrace(parsed, workload) : FindInRate(parsed);
        return
        [
            .. CommandRule.FindProblems(Rules, parsed),
            .. inArrivals,
            .. OutputConflicts.Find([OutputConflicts.Of(parsed, Json), OutputConflicts.Of(parsed, Html)], [OutputConflicts.Of(parsed, Trace)]),
            .. inArrivals.Length == 0 && FindCrashAfterAll(parsed, workload) is { } problem ? [problem] : Array.Empty<string>(),
        ];
    }

    private static bool IsSplit(ParseResult parsed) => ModeOf(parsed) != SchedulingMode.Neutral;

    private static string? FindLateCrash(ParseResult parsed) => parsed.GetValue(KillEngineAfter) >= RunOf(parsed).TotalSeconds
        ? FormattableString.Invariant($"--kill-engine-after must be below {RunOf(parsed).TotalSeconds:0.##} seconds, half of --duration, the length of a run")
        : null;

    private static string[] FindInTrace(ParseResult parsed, DemoWorkload workload) => CommandRule.HasValues(parsed, [Trace])
        ? [.. (workload.ReadTrace(parsed).Error ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => $"{Trace.Name}: {line}")]
        : [];

    private static string[] FindInRate(ParseResult parsed)
    {
        if (!CommandRule.HasValues(parsed, [Rate, Duration, Speed]) || !(CommandRule.IsGiven(parsed, Rate) || CommandRule.HasValues(parsed, OfDefaults)))
        {
            return [];
        }

        double requests = DemoWorkload.RateOf(parsed) * RunOf(parsed).TotalSeconds * parsed.GetValue(Speed);
        return requests > MostRequests
            ? [FormattableString.Invariant($"--rate, --duration and --speed make {requests:0.###e+0} requests in a run; at most {MostRequests} can be played")]
            : [];
    }

    /// <summary>That the crash comes after the last request. For arrivals that can be made.</summary>
    private static string? FindCrashAfterAll(ParseResult parsed, DemoWorkload workload)
    {
        if (!CommandRule.HasValues(parsed, [Trace, Rate, Duration, Speed, Seed, .. OfDefaults])
            || parsed.GetValue(KillEngineAfter) is not { } kill
            || FindLateCrash(parsed) is not null)
        {
            return null;
        }

        IReadOnlyList<RequestArrival> arrivals = workload.MakeArrivals(parsed);
        double last = arrivals.Count == 0 ? 0 : arrivals[^1].Offset.TotalSeconds;
        return arrivals.Count == 0 || kill >= last
            ? FormattableString.Invariant($"--kill-engine-after must be below {last:0.##} seconds, when the last request arrives: a crash after it would show nothing")
            : null;
    }
}
