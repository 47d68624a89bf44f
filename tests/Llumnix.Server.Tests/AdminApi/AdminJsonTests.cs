using System.Text.Json;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.Tests.AdminApi;

public sealed class AdminJsonTests
{
    [Fact]
    public void Fleet_IsAsDocumented()
    {
        var instance = new FleetInstance(
            7, "10.0.0.1_instance0_1", "10.0.0.1:8000", "neutral", "u1", "n1", ["m"], "vllm", "stale", "its status has not changed for too long", false,
            12_000, 3, 1, 4_096, 65_536, 0.0625, 2, 5, 1_800, 9_000, null);
        var fleet = new FleetAnswer(1_790_000_000_000, "full", "load-balance", 2, ["index", "health"], ["ok", "stale"], ["", "its status has not changed for too long"], [instance]);
        Assert.Equal(
            """
            {"time_ms":1790000000000,"mode":"full","policy":"load-balance","in_flight":2,"row_columns":["index","health"],"health_names":["ok","stale"],"health_reasons":["","its status has not changed for too long"],
            "instances":[{"index":7,"id":"10.0.0.1_instance0_1","address":"10.0.0.1:8000","role":"neutral","unit":"u1","node":"n1","models":["m"],
            "backend":"vllm","health":"stale","health_reason":"its status has not changed for too long","is_unreachable":false,"signal_age_ms":12000,
            "running":3,"waiting":1,"kv_used_tokens":4096,"kv_total_tokens":65536,"kv_projected":0.0625,"in_flight":2,"decode_batch":5,
            "prefill_tokens":1800,"decode_tokens":9000,"tracked_tokens":null}]}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(fleet, AdminJsonContext.Default.FleetAnswer));
    }

    [Fact]
    public void FleetDelta_IsAsDocumented() => Assert.Equal(
        """{"time_ms":1790000001000,"in_flight":3,"joined":[],"left":[4],"rows":[[7,1,0.5,null]]}""",
        JsonSerializer.Serialize(new FleetDelta(1_790_000_001_000, 3, [], [4], [[7, 1, 0.5, null]]), AdminJsonContext.Default.FleetDelta));

    [Fact]
    public void Decision_IsAsDocumented()
    {
        var decision = new RecordedDecision(
            41, 1_790_000_000_123, "r1", "neutral", "neutral", "", 100, 0, 0, "placed", "a", "b", "the lowest all_prefills_tokens_num: 10, runner-up Infinity",
            [new RecordedMetric("all_prefills_tokens_num", false, 10, double.PositiveInfinity)], new CandidateCounts(3, 3, 3, 2, 2), null, null, 81.5);
        Assert.Equal(
            """
            {"recorded_total":42,"skipped":0,"decisions":[{"sequence":41,"time_ms":1790000000123,"request_id":"r1","mode":"neutral","role":"neutral",
            "model":"","prompt_tokens":100,"prefix_hit_tokens":0,"held_ms":0,"outcome":"placed","instance_id":"a","runner_up_id":"b",
            "why":"the lowest all_prefills_tokens_num: 10, runner-up Infinity",
            "metrics":[{"name":"all_prefills_tokens_num","is_higher_better":false,"value":10,"runner_up_value":"Infinity"}],
            "candidates":{"healthy":3,"fitting":3,"allowed":3,"eligible":2,"considered":2},
            "predicted_ttft_ms":null,"predicted_tpot_ms":null,"observed_ttft_ms":81.5}]}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(new DecisionsEvent(42, 0, [decision]), AdminJsonContext.Default.DecisionsEvent));
    }
}
