using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.WebConsole.Tests.ScriptedApi;

/// <summary>Plausible answers of the admin API.</summary>
internal static class Samples
{
    internal const long NowMs = 1_790_000_000_000;

    internal static readonly string[] RowColumns = ["index", "health", "running", "waiting", "kv_used_tokens", "in_flight"];

    /// <summary>An instance whose numbers follow from its index.</summary>
    internal static FleetInstance Instance(int index) => new(
        index, $"engine-{index}", $"10.0.{index / 250}.{index % 250 + 1}:8000", (index % 2) == 0 ? "prefill" : "decode", $"unit-{index % 3}", $"node-{index / 8}",
        [(index % 4) == 0 ? "llama-3.1-8b" : "qwen2.5-7b"], "vllm", "ok", "", false, 100, index, index % 5, 1_000 * (index % 100), 100_000,
        0.5, 2, index, 10 * index, 20 * index, null);

    internal static FleetAnswer Fleet(int count) => Fleet([.. Enumerable.Range(0, count).Select(Instance)]);

    internal static FleetAnswer Fleet(params IReadOnlyList<FleetInstance> instances) =>
        new(NowMs, "full", "load-balance", 7, RowColumns, FleetSample.HealthNames, FleetSample.HealthReasons, instances);

    internal static RecordedDecision Decision(long sequence, string requestId) => new(
        sequence, NowMs + sequence, requestId, "neutral", "prefill", "qwen2.5-7b", 1_234, 0, 0, "placed", "engine-0", "engine-2",
        "the lowest all_prefills_tokens_num: 10, runner-up 400", [new RecordedMetric("all_prefills_tokens_num", false, 10, 400)],
        new CandidateCounts(4, 4, 4, 3, 3), 120, 21, null);

    internal static DecisionsEvent Decisions(params IReadOnlyList<RecordedDecision> decisions) => new(decisions.Count, 0, decisions);

    /// <summary>A pick, one that lost by a metric, one that a filter dropped, one that a preferred filter left aside, and one that equals the pick.</summary>
    internal static ExplainedRole Explained() => new("load-balance", "prefill", "placed", "engine-0", true,
    [
        new("engine-0", "engine-0", "10.0.0.1:8000", null, false, null, null, 40, Metric(10)),
        new("engine-2", "engine-2", "10.0.0.3:8000", null, false, null, null, 50, Metric(400)),
        new("engine-4", "engine-4", "10.0.0.5:8000", "kv_cache_limit", false, null, null, 60, Metric(10)),
        new("engine-6", "engine-6", "10.0.0.7:8000", "same_unit", true, null, null, 70, Metric(5)),
        new("engine-8", "engine-8", "10.0.0.9:8000", null, false, null, null, null, Metric(10)),
        new("engine-10", "engine-10", "10.0.0.11:8000", "stale", false, null, null, 9_000, Metric(double.PositiveInfinity)),
    ]);

    internal static RecordedMigration Migration(long sequence, string state) => new(
        sequence, NowMs + sequence, "decode_load", "engine-1", "engine-3", state, "decode load 30 against 4", state == "migrated" ? "2 requests" : "",
        "2 requests, longest running first", state == "migrated" ? 84 : null);

    internal static readonly DrainRow Drain = new("node", "node-0", "engine-5", 3, 17, false, "3 requests left", 12_000, 8_000);

    internal static TargetsInterval Interval(int index) => new(
        NowMs + 5_000 * index, 200, 190, 4, new Dictionary<string, long> { ["no_available_endpoint"] = 6 }, 2, 0.97, 0.99,
        new Percentiles(180, 80, 200, 400), new Percentiles(190, 90, 210, 380), new Percentiles(190, 20, 30, 45));

    internal static SettingsAnswer Settings() => new(
        "scheduler", "1.2.3", NowMs, false, new StatusEvent(true, "", "", "leader", "10.0.0.1:8002", ["10.0.0.2:8103"]), ["--a has no effect without --b"],
        [
            new("port", "Service", "8002", "8002", true, "default", "Port to listen on."),
            new("service-token", "Service", "***", "", false, "LLUMNIX_SCHEDULER_SERVICE_TOKEN", "Token that callers must send."),
        ]);

    /// <summary>What may be asked of a scheduler, and what has been.</summary>
    internal static WhatIfAnswer WhatIf(WhatIfRun? run = null, bool mayRun = true) => new(
        "", mayRun, new WhatIfBounds(60, 10, 20_000, 1024, 30),
        [
            new("scheduling-policy", "Policy", "name", "load-balance", ["load-balance", "flood", "round-robin"], "The scheduling policy."),
            new("dispatch-top-k", "Dispatch", "integer", "1", [], "Choose uniformly among this many best instances."),
            new("slo-overload", "SLO policy (full mode)", "reject|spread|triage|hold", "reject", [], "What happens when no instance can meet the target."),
            new("slo-hold-ms", "SLO policy (full mode)", "milliseconds", "2000", [], "How long a request is held."),
        ],
        run);

    /// <summary>A what-if in a state.</summary>
    internal static WhatIfRun WhatIfRun(string state, double progress = 1, WhatIfResult? result = null) =>
        new(3, state, progress, NowMs, new Dictionary<string, string> { ["scheduling-policy"] = "round-robin" }, "", result);

    internal static WhatIfResult WhatIfResult() => new(
        new WhatIfInput(1_200, 300, 4, 3, 8, "the profiling tables", 1_100, 1_000, 40),
        [
            new("attainment", true, new(0.98, 0.01, true), new(0.91, 0.02, true), new(-0.07, 0.01, true)),
            new("ttft_p99_ms", false, new(820, 12, true), new(2_500, 90, true), new(1_680, 95, true)),
            new("tpot_p50_ms", false, new(21, 0.2, true), new(20, 0.3, true), new(-1, 1.5, false)),
            new("refused", false, new(0, 0, null), new(0, 0, null), new(0, 0, null)),
        ],
        new Percentiles(1_150, 90, 400, 900),
        ["At 4 req/s, over 3 seeds, now did best."],
        ["The simulated fleet begins empty."]);

    private static Dictionary<string, double> Metric(double value) => new() { ["all_prefills_tokens_num"] = value };
}
