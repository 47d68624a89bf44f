using Llumnix.Cli.Simulate;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Tests.Simulate;

public sealed class ScenarioFileTests
{
    [Fact]
    public void Parse_Everything_IsTakenOver()
    {
        Scenario scenario = ScenarioFile.Parse(
            """
            workload: {trace: t.csv, arrivals: bursty, rates: [3, 4.5], requests: 100, duration: 60}
            fleet:
              - {count: 2, infer_type: prefill, ttft_profile: a.json, tpot_profile: /b.json, kv_capacity: 5000, max_batched_tokens: 512, noise: 0.1}
              - {count: 3}
            scheduler_profile_group: 1
            mode: pd_staged
            ttft_slo: 700
            tpot_slo: 20
            push_interval_ms: 10
            kv_metadata_delay_ms: 2.5
            engine_read_delay_ms: 4
            ask_again_ms: 500
            ask_again_for_s: 60
            seed: 5
            contestants:
              - {name: one, flags: [--scheduling-policy=flood], prefill_engines: 2}
              - {name: two, baseline: least-requests}
              - {name: three, report_interval_ms: 300, first_tokens_wait: true, schedulers: 3, peer_delay_ms: 2.5, peer_loss: 0.25}
              - {name: four, schedulers: 2, forward_ms: 0.5}
            faults: [{kind: silent, engine: 4, at: 3, duration: 9}]
            """,
            "/dir",
            "s.yaml");
        Assert.Equal("/dir/t.csv", scenario.Workload.Trace);
        Assert.Equal((ArrivalPattern.Bursty, 100, 60), (scenario.Workload.Arrivals, scenario.Workload.Requests, scenario.Workload.DurationSeconds));
        Assert.Equal([3, 4.5], scenario.Workload.Rates);
        Assert.Equal(("/dir/a.json", "/b.json", 5000, 512, 0.1), (scenario.Fleet[0].TtftProfile, scenario.Fleet[0].TpotProfile, scenario.Fleet[0].KvCapacity, scenario.Fleet[0].MaxBatchedTokens, scenario.Fleet[0].Noise));
        Assert.Equal((SchedulingMode.PdStaged, 700, 20, 10, 5), (scenario.Mode, scenario.TtftSloMs, scenario.TpotSloMs, scenario.PushIntervalMs, scenario.Seed));
        Assert.Equal(1, scenario.SchedulerProfileGroup);
        Assert.Equal((2.5, 4.0), (scenario.KvMetadataDelayMs, scenario.EngineReadDelayMs));
        Assert.Equal((300.0, true), (scenario.Contestants[2].ReportIntervalMs, scenario.Contestants[2].DoFirstTokensWait));
        Assert.Equal((3, 2.5, 0.25), (scenario.Contestants[2].Schedulers, scenario.Contestants[2].PeerDelayMs, scenario.Contestants[2].PeerLoss));
        Assert.Equal((2, 0.5), (scenario.Contestants[3].Schedulers, scenario.Contestants[3].ForwardMs));
        Assert.Equal((500, 60), (scenario.AskAgainMs, scenario.AskAgainForSeconds));
        Assert.Equal((2, BaselineKind.LeastRequests), (scenario.Contestants[0].PrefillEngines, scenario.Contestants[1].Baseline));
        Assert.Equal(new FaultScenario { Kind = EngineFaultKind.Silent, Engine = 4, AtSeconds = 3, DurationSeconds = 9 }, Assert.Single(scenario.Faults));
    }

    [Fact]
    public void Parse_RequestsOfOthers_AreTakenOver() =>
        Assert.Equal(16, ScenarioFile.Parse("workload: {others_every: 16}", "/", "s.yaml").Workload.OthersEvery);

    [Theory]
    [InlineData("", "s.yaml: is empty")]
    [InlineData("mode: up", "s.yaml: unknown mode 'up'; known: neutral, pd_batch, pd_staged")]
    [InlineData("mode: [", "s.yaml:1:")]
    [InlineData("seed: 1\nno_such: 2", "s.yaml:2:")]
    [InlineData("workload: {rates: [0]}", "s.yaml: rates must be above 0")]
    [InlineData("workload: {others_every: 0}", "s.yaml: others_every must be at least 1")]
    [InlineData("workload: {others_every: 2}\nmode: pd_batch", "s.yaml: others_every goes with mode neutral only")]
    [InlineData("ask_again_ms: 0", "s.yaml: ask_again_ms must be from 1 to 3600000")]
    [InlineData("ask_again_for_s: .nan", "s.yaml: ask_again_for_s must be from 0 to 86400")]
    [InlineData("kv_metadata_delay_ms: -1", "s.yaml: kv_metadata_delay_ms must be from 0 to 60000")]
    [InlineData("kv_metadata_delay_ms: .nan", "s.yaml: kv_metadata_delay_ms must be from 0 to 60000")]
    [InlineData("engine_read_delay_ms: -1", "s.yaml: engine_read_delay_ms must be from 0 to 60000")]
    [InlineData("contestants: [{name: a, report_interval_ms: 0}]", "s.yaml: report_interval_ms must be from 1 to 3600000")]
    [InlineData("contestants: [{name: a, schedulers: 5}]", "s.yaml: schedulers must be from 1 to 4, and 1 for a baseline")]
    [InlineData("contestants: [{name: a, schedulers: 2, baseline: random}]", "s.yaml: schedulers must be from 1 to 4, and 1 for a baseline")]
    [InlineData("contestants: [{name: a, peer_delay_ms: -1}]", "s.yaml: peer_delay_ms must be from 0 to 60000")]
    [InlineData("contestants: [{name: a, peer_loss: .nan}]", "s.yaml: peer_loss must be from 0 to 1")]
    [InlineData("contestants: [{name: a, schedulers: 2, forward_ms: -1}]", "s.yaml: forward_ms must be from 0 to 60000")]
    [InlineData("contestants: [{name: a, forward_ms: 1}]", "s.yaml: forward_ms goes with several schedulers of which one decides, not with peer_delay_ms")]
    [InlineData("contestants: [{name: a, schedulers: 2, forward_ms: 1, peer_delay_ms: 1}]", "s.yaml: forward_ms goes with several schedulers of which one decides, not with peer_delay_ms")]
    [InlineData("workload: {arrivals: tidal}", "s.yaml: unknown arrivals 'tidal'; known: trace, poisson, bursty, diurnal")]
    [InlineData("contestants: [{name: a, baseline: best}]", "s.yaml: unknown baseline 'best'")]
    [InlineData("contestants: [{name: a}, {name: a}]", "s.yaml: contestants need names of their own")]
    [InlineData("contestants: [{name: a, prefill_engines: 8}]", "s.yaml: prefill_engines must leave both sides at least one of the 8 engines")]
    [InlineData("fleet: [{ttft_profile: x}]", "s.yaml: ttft_profile and tpot_profile go together")]
    [InlineData("scheduler_profile_group: 1", "s.yaml: scheduler_profile_group 1 is not in the fleet, whose groups are 0 to 0")]
    [InlineData("scheduler_profile_group: -1", "s.yaml: scheduler_profile_group -1 is not in the fleet, whose groups are 0 to 0")]
    [InlineData("faults: [{kind: flood}]", "s.yaml: unknown fault 'flood'; known: unschedulable, crash, silent")]
    [InlineData("faults: [{engine: 8}]", "s.yaml: a fault names an engine that is not there")]
    public void Parse_BadScenario_SaysWhere(string yaml, string message) => Assert.StartsWith(
        message, Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(yaml, "/", "s.yaml")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--scheduling-policy=slo", "ttft-profiling-data-path (default): required")]
    [InlineData("--no-such-flag", "--no-such-flag")]
    [InlineData("--enable-cache-aware-scheduling=maybe", "enable-cache-aware-scheduling")]
    public async Task Run_BadFlags_NamesTheContestant(string flag, string message)
    {
        var scenario = new Scenario { Contestants = [new Contestant("odd") { Flags = [flag] }], Workload = new() { DurationSeconds = 1, Rates = [5] } };
        ScenarioException exception = await Assert.ThrowsAsync<ScenarioException>(
            () => ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken));
        Assert.StartsWith("odd: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
