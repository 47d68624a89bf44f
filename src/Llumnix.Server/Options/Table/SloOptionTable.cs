using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Slo;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class SloOptionTable
{
    private const string Title = "SLO policy (full mode)";

    private static readonly OptionGroup<SchedulerOptions, SloOptions> Group = new(Title, o => o.Slo, (o, g) => o with { Slo = g });

    private static readonly OptionGroup<SchedulerOptions, ProfileOptions> Profiles = new(Title, o => o.Profiles, (o, g) => o with { Profiles = g });

    private static readonly OptionType<SloOverload> Overload =
        Choice(("reject", SloOverload.Reject), ("spread", SloOverload.Spread), ("triage", SloOverload.Triage), ("hold", SloOverload.Hold));

    private static readonly OptionType<double> Confidence =
        Number(0) with { Expected = "a probability from 0 (off) to 0.99", IsInRange = static value => value is >= 0 and <= 0.99 };

    private static readonly OptionType<LatencyCorrectionMode> Correction =
        Choice(("off", LatencyCorrectionMode.Off), ("observe", LatencyCorrectionMode.Observe), ("on", LatencyCorrectionMode.On));

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Profiles.Row("ttft-profiling-data-path", FilePath,
            "JSON table of prefill times, of instances that no class of --latency-profiles names; the policy slo needs this table and "
            + "--tpot-profiling-data-path, or --latency-profiles.",
            g => g.TtftPath, (g, v) => g with { TtftPath = v }),
        Profiles.Row("tpot-profiling-data-path", FilePath,
            "JSON table of decode step times, of instances that no class of --latency-profiles names; beside --ttft-profiling-data-path.",
            g => g.TpotPath, (g, v) => g with { TpotPath = v }),
        Profiles.Row("latency-profiles", FilePath,
            "YAML file of classes of instances with the tables of each: where engines differ, their latencies are predicted from their own class's tables.",
            g => g.ClassesPath, (g, v) => g with { ClassesPath = v }),
        Profiles.Row("latency-correction", Correction,
            "What is done with the difference between predicted and actual latencies. observe: it is measured and shown. on: predictions are the tables' times the "
            + "measured factors of each instance. off: nothing is measured.",
            g => g.Correction, (g, v) => g with { Correction = v }),
        Group.Row("ttft-slo", Milliseconds, "Target time to first token, in milliseconds.", g => g.Ttft, (g, v) => g with { Ttft = v }),
        Group.Row("tpot-slo", Milliseconds, "Target time per output token, in milliseconds.", g => g.Tpot, (g, v) => g with { Tpot = v }),
        Group.Row("ttft-slo-dispatch-threshold", NumberAbove(0),
            "Share of the TTFT target up to which an instance is eligible; 0.95 unless set with adaptive PD and its tuned rules.",
            g => g.TtftDispatchThreshold, (g, v) => g with { TtftDispatchThreshold = v }),
        Group.Row("tpot-slo-dispatch-threshold", NumberAbove(0),
            "Share of the TPOT target up to which an instance is eligible; 0.85 unless set with adaptive PD.",
            g => g.TpotDispatchThreshold, (g, v) => g with { TpotDispatchThreshold = v }),
        Group.Row("slo-confidence", Confidence,
            "An instance is eligible where the target holds with this probability, by the errors of earlier predictions (at most 0.99); in place of the dispatch "
            + "thresholds, which count until 64 errors are known. 0: off.",
            g => g.Confidence ?? 0, (g, v) => g with { Confidence = v > 0 ? v : null }),
        Group.Row("slo-overload", Overload,
            "What happens when no instance can meet the target. reject: 429. spread: the instance with the lowest predicted latency is taken; "
            + "triage: the one with the highest. hold: 429 for --slo-hold-ms, then as triage. Unless set, triage with adaptive PD, spread with its "
            + "plain rules.",
            g => g.Overload, (g, v) => g with { Overload = v }),
        Group.Row("slo-hold-ms", Milliseconds,
            "With --slo-overload=hold: how long a request is answered with 429 and Retry-After before it is placed although it is late. "
            + "Gateways must ask again for longer: their --wait-scheduling-timeout, 5 s unless set.",
            g => g.HoldLimit, (g, v) => g with { HoldLimit = v }),
        Group.Row("slo-expected-output-tokens", Integer(0),
            "A decode goes only where the KV cache has room for its prompt and this many tokens more.",
            g => g.ExpectedOutputTokens, (g, v) => g with { ExpectedOutputTokens = v }),
    ];
}
