using System.Text.Json;
using Llumnix.Cli.Top;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Cli.Tests.Top;

/// <summary>States of <c>llumnix top</c>, made of events as a server sends them.</summary>
internal static class TopSamples
{
    private static readonly string[] Health = ["ok", "unschedulable", "stale", "failover", "draining", "unreachable"];

    private static readonly string[] Columns = ["index", "health", "signal_age_ms", "running", "waiting", "kv_used_tokens", "in_flight"];

    internal static TopState State(int instances, int decisions = 3)
    {
        var state = new TopState();
        state.Apply("status", JsonSerializer.Serialize(new StatusEvent(true, "", "", null, null, []), AdminJsonContext.Default.StatusEvent));
        state.Apply("fleet", JsonSerializer.Serialize(Fleet(instances), AdminJsonContext.Default.FleetAnswer));
        state.Apply("decisions", JsonSerializer.Serialize(
            new DecisionsEvent(decisions, 0, [.. Enumerable.Range(0, decisions).Reverse().Select(Decision)]), AdminJsonContext.Default.DecisionsEvent));
        state.Apply("targets", JsonSerializer.Serialize(
            new TargetsInterval(
                1_790_000_000_000, 42, 40, 1, new Dictionary<string, long> { ["no_available_endpoint"] = 1 }, 2, 0.95, null, new Percentiles(40, 80, 150, 210), null, null),
            AdminJsonContext.Default.TargetsInterval));
        return state;
    }

    internal static FleetAnswer Fleet(int instances) => new(
        1_790_000_000_000, "full", "load-balance", 5, Columns, Health, ["", "", "its status has not changed for longer than the limit", "", "", ""],
        [.. Enumerable.Range(0, instances).Select(Instance)]);

    private static FleetInstance Instance(int i) => new(
        i, FormattableString.Invariant($"engine-{i:000}"), FormattableString.Invariant($"10.0.0.{i}:8000"), i % 2 == 0 ? "prefill" : "decode", "unit-1", "node-1", ["m"], "vllm",
        i == 1 ? "stale" : "ok", i == 1 ? "its status has not changed for longer than the limit" : "", false, 120 + (i * 1000), i, i % 3, 1000 * i, 100_000, 0.1, 1, i, 10 * i, 1000 * i, null);

    private static RecordedDecision Decision(int i) => new(
        i, 1_790_000_000_000, FormattableString.Invariant($"chatcmpl-{i:0000}"), "neutral", "neutral", "", 100, 0, 0, i == 0 ? "held" : "placed", i == 0 ? null : "engine-000", "engine-001",
        "the lowest all_prefills_tokens_num of 8 candidates: 50, runner-up engine-001 100", [], new CandidateCounts(8, 8, 8, 8, 8), null, null, null);
}
