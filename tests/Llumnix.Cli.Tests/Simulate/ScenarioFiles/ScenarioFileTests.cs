using CsCheck;
using Llumnix.Cli.Simulate;
using Llumnix.Cli.Simulate.ScenarioFiles;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Tests.Simulate.ScenarioFiles;

public sealed class ScenarioFileTests
{
    private static readonly string[] Parts =
        ["workload", "fleet", "contestants", "rates", "count", "flags", ": ", ":\n", "\n  ", "\n", "- ", "[", "]", "{", "}", ", ", "1", "-x", "~", "&a ", "*a", "'", "\"", "? ", "!t ", "|\n", "\t"];

    [Fact]
    public void Parse_Everything_IsTakenOver()
    {
        Scenario scenario = ScenarioInput.Parse(
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
              - {name: three, report_interval_ms: 300, first_tokens_wait: true, schedulers: 3, peer_delay_ms: 2.5, peer_loss: 0.25, read_loss: 0.5}
              - {name: four, schedulers: 2, forward_ms: 0.5}
            faults: [{kind: silent, engine: 4, at: 3, duration: 9}]
            """,
            "/dir",
            "s.yaml").Scenario;
        Assert.Equal("/dir/t.csv", scenario.Workload.Trace);
        Assert.Equal((ArrivalPattern.Bursty, 100, 60), (scenario.Workload.Arrivals, scenario.Workload.Requests, scenario.Workload.DurationSeconds));
        Assert.Equal([3, 4.5], scenario.Workload.Rates);
        Assert.Equal(("/dir/a.json", "/b.json", 5000, 512, 0.1), (scenario.Fleet[0].TtftProfile, scenario.Fleet[0].TpotProfile, scenario.Fleet[0].KvCapacity, scenario.Fleet[0].MaxBatchedTokens, scenario.Fleet[0].Noise));
        Assert.Equal((SchedulingMode.PdStaged, 700, 20, 10, 5), (scenario.Mode, scenario.TtftSloMs, scenario.TpotSloMs, scenario.PushIntervalMs, scenario.Seed));
        Assert.Equal(1, scenario.SchedulerProfileGroup);
        Assert.Equal((2.5, 4.0), (scenario.KvMetadataDelayMs, scenario.EngineReadDelayMs));
        Assert.Equal((300.0, true), (scenario.Contestants[2].ReportIntervalMs, scenario.Contestants[2].DoFirstTokensWait));
        Assert.Equal((3, 2.5, 0.25), (scenario.Contestants[2].Schedulers, scenario.Contestants[2].PeerDelayMs, scenario.Contestants[2].PeerLoss));
        Assert.Equal(0.5, scenario.Contestants[2].ReadLoss);
        Assert.Equal((2, 0.5), (scenario.Contestants[3].Schedulers, scenario.Contestants[3].ForwardMs));
        Assert.Equal((500, 60), (scenario.AskAgainMs, scenario.AskAgainForSeconds));
        Assert.Equal((2, BaselineKind.LeastRequests), (scenario.Contestants[0].PrefillEngines, scenario.Contestants[1].Baseline));
        Assert.Equal(new FaultScenario { Kind = EngineFaultKind.Silent, Engine = 4, AtSeconds = 3, DurationSeconds = 9 }, Assert.Single(scenario.Faults));
    }

    /// <summary>As all paths of the file, whatever the working directory is.</summary>
    [Fact]
    public void Parse_PathsAmongTheFlags_AreRelativeToTheFile() => Assert.Equal(
        [
            "--ttft-profiling-data-path=/dir/ttft.json", "--tpot_profiling_data_path", "/dir/tables/tpot.json", "--kvs-metadata-service-config-path=/kvs.json", "--tls-cert-file=", "--scheduling-policy=slo",
        ],
        ScenarioInput.Parse(
            "contestant: {flags: [--ttft-profiling-data-path=ttft.json, --tpot_profiling_data_path, tables/tpot.json, --kvs-metadata-service-config-path=/kvs.json, --tls-cert-file=, --scheduling-policy=slo]}",
            "/dir",
            "s.yaml").Scenario.Contestants[0].Flags);

    [Fact]
    public void Parse_RequestsOfOthers_AreTakenOver() =>
        Assert.Equal(16, ScenarioFile.Parse("workload: {others_every: 16}", "/", "s.yaml").Workload.OthersEvery);

    [Theory]
    [InlineData("workload: {rate: 5}", "workload: {rates: [5]}")]
    [InlineData("workload: {rate: [5, 6]}", "workload: {rates: [5, 6]}")]
    [InlineData("workload: {rates: 5}", "workload: {rates: [5]}")]
    [InlineData("fleet: 4", "fleet: [{count: 4}]")]
    [InlineData("fleet: {count: 4, noise: 0.1}", "fleet: [{count: 4, noise: 0.1}]")]
    [InlineData("fleet: [3, {count: 1}]", "fleet: [{count: 3}, {count: 1}]")]
    [InlineData("contestant: random", "contestants: [{name: random, baseline: random}]")]
    [InlineData("contestants: {flags: --dispatch-top-k=2 --seed=3}", "contestants: [{name: load-balance, flags: [--dispatch-top-k=2, --seed=3]}]")]
    [InlineData("contestants: {flag: --dispatch-top-k=2}", "contestants: [{name: load-balance, flags: [--dispatch-top-k=2]}]")]
    [InlineData("contestants:\n  flags: |\n    --dispatch-top-k=2\n    --seed=3", "contestants: [{name: load-balance, flags: [--dispatch-top-k=2, --seed=3]}]")]
    [InlineData("contestants:\n- >\n  a:\n  --seed=3", "contestants: [{name: a, flags: [--seed=3]}]")]
    [InlineData("contestants: {flags: [--dispatch-top-k 2, '--seed  3']}", "contestants: [{name: load-balance, flags: [--dispatch-top-k, 2, --seed, 3]}]")]
    [InlineData("fault: {engine: 2}", "faults: [{kind: crash, engine: 2}]")]
    [InlineData("mode:\nworkload:\n  trace: ~", "{}")]
    [InlineData("{\n\t\"ttft_slo\": 7,\n\t\"fleet\": [{\"count\": 2}]}", "ttft_slo: 7\nfleet: 2")]
    public void Parse_ShorterForm_IsTheSame(string shorter, string whole) => Assert.Equal(
        SimulationJson.Write(ScenarioFile.Parse(whole, "/", "s.yaml"), []), SimulationJson.Write(ScenarioFile.Parse(shorter, "/", "s.yaml"), []));

    [Theory]
    [InlineData("", "s.yaml: is empty")]
    [InlineData("# nothing", "s.yaml: is empty")]
    [InlineData("a: 1\n---\nb: 2", "s.yaml:2: a second document begins here; a scenario is one")]
    [InlineData("mode: [", "s.yaml:1:7: is not valid YAML or JSON: ")]
    [InlineData("mode: neutral\nmode: neutral", "s.yaml:2: mode: is given twice")]
    [InlineData("- 1", "s.yaml:1: must be a mapping with the keys workload, fleet, ")]
    [InlineData("mode: up", "s.yaml:1: mode: must be one of neutral, pd_batch, pd_staged, not \"up\"")]
    [InlineData("mode: [neutral]", "s.yaml:1: mode: must be one of neutral, pd_batch, pd_staged, not a list")]
    [InlineData("seed: 1\nseedd: 2", "s.yaml:2: seedd: unknown key; the nearest known is seed")]
    [InlineData("seed: 1\n\"\": 2", "s.yaml:2: \"\" is no key; known are workload, ")]
    [InlineData("workload: {[a, b]: 2}", "s.yaml:1: workload: a list is no key; known are name, ")]
    [InlineData("seed: 1\nrate: 2", "s.yaml:2: rate: unknown key; it belongs under workload")]
    [InlineData("seed: x", "s.yaml:1: seed: must be a whole number from 0 ")]
    [InlineData("workload: 5", "s.yaml:1: workload: must be a mapping with the keys name, trace, ")]
    [InlineData("workload: {name: nights}", "s.yaml:1: workload.name: must be one of azure-conversation, conversations, shared-prefix, not \"nights\"")]
    [InlineData("workload:\n  rates: [4, 0]", "s.yaml:2: workload.rates[1]: must be a number from 0.001 to 100000, not \"0\"")]
    [InlineData("workload:\n  rates: [4, many]", "s.yaml:2: workload.rates[1]: must be a number from 0.001 to 100000, not \"many\"")]
    [InlineData("mode: neutral\nworkload:\n  rate: 3\n  name: conversations\n  rate: 4", "s.yaml:5: workload.rates: is given twice")]
    [InlineData("workload:\n  rate: 3\n  rates: [4]", "s.yaml:3: workload.rates: is given twice, as rates and as rate")]
    [InlineData("workload:\n  rates: [1.5e5]", "s.yaml:2: workload.rates[0]: must be a number from 0.001 to 100000, not \"1.5e5\"")]
    [InlineData("workload:\n  rates: 1 2", "s.yaml:2: workload.rates: must be a number from 0.001 to 100000, or a list of them, not \"1 2\"")]
    [InlineData("workload:\n  rates: {a: 1}", "s.yaml:2: workload.rates: must be a number from 0.001 to 100000, or a list of them, not a mapping")]
    [InlineData("workload:\n  rates: []", "s.yaml:2: workload.rates: needs at least one")]
    [InlineData("workload: {duration: 10, warmup: 10}", "s.yaml:1: workload.warmup: must be shorter than the duration, 10 s: nothing is left to measure")]
    [InlineData("workload: {requests: 100000000000}", "s.yaml:1: workload.requests: must be a whole number, 1 or above, not \"100000000000\"; the largest is 2147483647")]
    [InlineData("ttft_slo: 0", "s.yaml:1: ttft_slo: must be a number from 0.001 to 604800000, not \"0\"")]
    [InlineData("seed: {a: b}", "s.yaml:1: seed: must be a whole number from 0 to 2147482647, not a mapping")]
    [InlineData("foo: bar", "s.yaml:1: foo: unknown key; known are workload, fleet, mode, ")]
    [InlineData("faults: [{at: 1e300}]", "s.yaml:1: faults[0].at: must be a number from 0 to 31622400, not \"1e300\"")]
    [InlineData("faults: [{kind: crash, factor: 3}]", "s.yaml:1: faults[0].factor: goes with the kind slow only")]
    [InlineData("fleet:\n- {class: a}\n- {class: b}\n- {class: a, profile: h20-qwen3-32b-estimate}", "s.yaml:4: fleet[2].class: an earlier group of the class a, fleet[0], has other step times")]
    [InlineData("workload: {others_every: 0}", "s.yaml:1: workload.others_every: must be a whole number, 1 or above, not \"0\"")]
    [InlineData("workload: {others_every: 2}\nmode: pd_batch\ncontestant: {prefill_engines: 2}", "s.yaml:1: workload.others_every: goes with mode neutral only")]
    [InlineData("workload: {arrivals: tidal}", "s.yaml:1: workload.arrivals: must be one of trace, poisson, bursty, diurnal, not \"tidal\"")]
    [InlineData("ask_again_ms: 0", "s.yaml:1: ask_again_ms: must be a number from 1 to 3600000, not \"0\"")]
    [InlineData("ask_again_for_s: .nan", "s.yaml:1: ask_again_for_s: must be a number from 0 to 86400, not \".nan\"")]
    [InlineData("kv_metadata_delay_ms: -1", "s.yaml:1: kv_metadata_delay_ms: must be a number from 0 to 60000, not \"-1\"")]
    [InlineData("contestants: [{name: a, schedulers: 5}]", "s.yaml:1: contestants[0].schedulers: must be a whole number from 1 to 4, not \"5\"")]
    [InlineData("contestants: [{name: a, forward_ms: 1}]", "s.yaml:1: contestants[0].forward_ms: goes with several schedulers of which one decides, not with peer_delay_ms")]
    [InlineData("contestants: [{name: a, schedulers: 2, forward_ms: 1, peer_delay_ms: 1}]", "s.yaml:1: contestants[0].forward_ms: goes with several schedulers of which one decides, not with peer_delay_ms")]
    [InlineData("contestants: [{name: a, schedulers: 2, baseline: random}]", "s.yaml:1: contestants[0].schedulers: must be 1 for a baseline")]
    [InlineData("contestants: [{name: a, flags: [--seed=2], baseline: random}]", "s.yaml:1: contestants[0].flags: a baseline has no flags")]
    [InlineData("contestants:\n  - name: a\n    flags: [--scheduling-policy=best]", "s.yaml:3: contestants[0].flags[0]: --scheduling-policy: \"best\" is no policy of full mode; ")]
    [InlineData("contestants: best", "s.yaml:1: contestants[0]: must be a baseline (round-robin, random, least-requests, power-of-two), a policy of the scheduler (flood, load-balance, ")]
    [InlineData("contestants: [load-balanc]", "s.yaml:1: contestants[0]: must be a baseline (round-robin, random, least-requests, power-of-two), a policy of the scheduler (flood, load-balance, ")]
    [InlineData("contestants: [{name: a, flags: --zzzzzz}]", "s.yaml:1: contestants[0].flags[0]: --zzzzzz: unknown; llumnix scheduler --help tells the known ones")]
    [InlineData("contestants:\n  - {name: a}\n  - {name: a}", "s.yaml:3: contestants[1].name: an earlier contestant has the name \"a\"")]
    [InlineData("contestants: []", "s.yaml:1: contestants: needs at least one")]
    [InlineData("contestants:\n- flags:\n  - --dispatch-top-k 2\n  - --seed x", "s.yaml:4: contestants[0].flags[2]: --seed: ")]
    [InlineData("seed: 1\nworkload:\n  rates: [a: 1]", "s.yaml:3: workload.rates[0]: must be a number from 0.001 to 100000, not a mapping")]
    [InlineData("{mode: pd_batch, contestants: [{name: a, prefill_engines: 8}]}", "s.yaml:1: contestants[0].prefill_engines: must leave at least one of the 8 engines for decode")]
    [InlineData("fleet: []", "s.yaml:1: fleet: needs at least one engine")]
    [InlineData("fleet: [10000, 1]", "s.yaml:1: fleet: has 10001 engines; at most 10000 can be simulated")]
    [InlineData("fleet: many", "s.yaml:1: fleet[0]: must be a whole number from 1 to 10000, not \"many\"")]
    [InlineData("fleet: {profile: abacus}", "s.yaml:1: fleet[0].profile: must be one of h200-llama-3.1-8b-fp8, h20-qwen3-32b-estimate, not \"abacus\"")]
    [InlineData("scheduler_profile_group: 1", "s.yaml:1: scheduler_profile_group: there is no group 1; they are counted from 0 to 0")]
    [InlineData("faults: [{kind: flood}]", "s.yaml:1: faults[0].kind: must be one of crash, silent, unschedulable, drain, slow, not \"flood\"")]
    [InlineData("faults:\n  - engine: 8", "s.yaml:2: faults[0].engine: there is no engine 8; they are counted from 0 to 7")]
    public void Parse_BadScenario_SaysWhere(string yaml, string message)
    {
        string text = Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(yaml, "/", "s.yaml")).Message;
        Assert.StartsWith(message, text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text);
    }

    /// <summary>What --compare takes is taken here, too.</summary>
    [Fact]
    public void Parse_ContestantsAsTexts_AreThoseOfCompare()
    {
        Scenario scenario = ScenarioInput.Parse("contestants: [load-balance, slo, random, 'mine: --seed=2 --ttft-profiling-data-path=t.json']", "/files", "s.yaml").Scenario;
        Assert.Equal(["load-balance", "slo", "random", "mine"], scenario.Contestants.Select(static contestant => contestant.Name));
        Assert.Equal(["--scheduling-policy=slo"], scenario.Contestants[1].Flags);
        Assert.Equal(BaselineKind.Random, scenario.Contestants[2].Baseline);
        Assert.Equal(["--seed=2", "--ttft-profiling-data-path=/files/t.json"], scenario.Contestants[3].Flags);
    }

    [Fact]
    public void Parse_SeveralProblems_AllByTheirLines() => Assert.Equal(
        [
            "s.json:2: workload.rates[0]: must be a number from 0.001 to 100000, not \"-1\"",
            "s.json:3: flet: unknown key; the nearest known is fleet",
            "s.json:4: contestants[0].baseline: must be one of round-robin, random, least-requests, power-of-two, not \"best\"",
            "s.json:5: ttft_slo: must be a number from 0.001 to 604800000, not \"soon\"",
            "s.json:6: workload: is given twice",
            "s.json:6: workload.rates[0]: must be a number from 0.001 to 100000, not a mapping",
            "s.json:6: workload.rates: is given twice",
            "s.json:6: workload.rates: needs at least one",
            "s.json:7: faults[1].engine: is given twice",
        ],
        Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(
            """
            {
              "workload": {"rates": [-1], "trace": "nowhere/day.csv"},
              "flet": 3,
              "contestants": [{"baseline": "best"}],
              "ttft_slo": "soon",
              "workload": {"rates": [{"x": [-2]}], "rates": []},
              "faults": [{"engine": 1}, {"engine": 2, "engine": 3}]
            }
            """,
            "/",
            "s.json")).Message.Split('\n'));

    /// <summary>What is wrong with a value or with flags hides nothing of its neighbours, and each has its own index.</summary>
    [Fact]
    public void Parse_ProblemsInOneSection_AllAtTheirOwnPlaces() => Assert.Equal(
        [
            "s.yaml:2: workload.rates[0]: must be a number from 0.001 to 100000, not \"x\"",
            "s.yaml:2: workload.rates[2]: must be a number from 0.001 to 100000, not \"-1\"",
            "s.yaml:3: workload.duration: must be a number above 0, at most 31622400, not \"0\"",
            "s.yaml:5: contestants[0].baseline: must be one of round-robin, random, least-requests, power-of-two, not \"rr\"",
            "s.yaml:5: contestants[0].flags: a baseline has no flags",
            "s.yaml:6: contestants[1].nme: unknown key; the nearest known is name",
            "s.yaml:6: contestants[1].flags[0]: --port: the value must be a whole number from 0 to 65535, not \"x\"",
        ],
        Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(
            """
            workload:
              rates: [x, 5, -1]
              duration: 0
            contestants:
            - {baseline: rr, flags: [--nope=1]}
            - {nme: x, flags: [--port=x]}
            """,
            "/",
            "s.yaml")).Message.Split('\n'));

    /// <summary>What does not fit together is told beside what is wrong by itself, but for what a value that could not be read may have caused.</summary>
    [Theory]
    [InlineData("{workload: {rate: -1, duration: 60, warmup: 60}, faults: [{engine: 8, factor: 2}], mode: pd_batch}", "rates", "workload.warmup", "faults[0].engine", "faults[0].factor", "mode")]
    [InlineData("{workload: {duration: 0, warmup: 60}, seed: x}", "workload.duration", "seed")]
    [InlineData("{fleet: [{count: 0, noise: 2}], faults: [{engine: 12}]}", "fleet[0].count", "fleet[0].noise")]
    [InlineData("{fleet: [{count: 2, noise: 2}], faults: [{engine: 12}]}", "fleet[0].noise", "faults[0].engine")]
    [InlineData("{fleet: [{cuont: 20}], faults: [{engine: 12}]}", "fleet[0].cuont")]
    [InlineData("{fleet: [{nose: 1}], faults: [{engine: 12}]}", "fleet[0].nose", "faults[0].engine")]
    [InlineData("{count: 20, faults: [{engine: 12}]}", "count")]
    [InlineData("{mode: pd_batch, fleet: [{infer_type: all}]}", "fleet[0].infer_type")]
    [InlineData("{mode: pd_batch, contestant: {flags: --nope}, scheduler_profile_group: 3}", "contestants[0].flags[0]", "mode", "scheduler_profile_group")]
    [InlineData("{contestant: {flags: --scheduling-polcy=slo --enable-adaptive-pd}}", "contestants[0].flags[0]")]
    [InlineData("{contestant: {flags: --bogus --enable-adaptive-pd}}", "contestants[0].flags[0]", "contestants[0].flags[1]")]
    [InlineData("{mode: pd_batch, contestant: {flags: --enable-adaptivepd}}", "contestants[0].flags[0]")]
    [InlineData("{contestants: [{name: a}, {name: a, baseline: rr}, {flags: --port=x}]}", "contestants[1].baseline", "contestants[1].name", "contestants[2].flags[0]")]
    [InlineData("{contestants: [load-balance, {baseline: rr}]}", "contestants[1].baseline")]
    [InlineData("{fleet: [2, {tpot_profile: dev/none}]}", "fleet[1].tpot_profile", "fleet[1].tpot_profile")]
    [InlineData("{contestant: {flags: [--nope, --latency-profiles=none.yaml, --ttft-profiling-data-path=none.json]}}", "contestants[0].flags[0]", "contestants[0].flags[1]", "contestants[0].flags[2]")]
    [InlineData("{mode: neutral, mode: neutral, workload: {duration: 1, warmup: 2}}", "mode", "workload.warmup")]
    // Which of the two is meant is open, but for what is wrong in each of them.
    [InlineData("{seed: 3, seed: y, workload: {rate: x, rates: [y]}}", "seed", "seed", "rates", "rates", "rates[0]")]
    [InlineData("{faults: [{engine: 9}], fault: {engine: -1, att: 3}}", "faults", "faults[0].engine", "faults[0].att")]
    [InlineData("{mode: pd_batch, mode: neutral, fleet: 4, workload: {others_every: 2}}", "mode")]
    [InlineData("{fleet: 4, fleet: 8, faults: [{engine: 7}], workload: {duration: 10, duration: 20, warmup: 15}}", "fleet", "workload.duration")]
    [InlineData("{workload: {warmup: 700}, seed: x}", "workload.warmup", "seed")]
    [InlineData("{workload: {warmup: 700, requests: 9}, seed: x}", "seed")]
    [InlineData("{workload: {rate: -1, duration: 5, warmup: 5}}", "rates", "workload.warmup")]
    [InlineData("{mode: pd_batch, fleet: 4, contestants: [load-balance, slo, random, {name: b, prefill_engines: 1}]}", "mode")]
    [InlineData("{contestants: [{name: a, baseline: randm, flags: [--nope], schedulers: 3}]}", "contestants[0].baseline", "contestants[0].flags", "contestants[0].schedulers")]
    [InlineData("{contestants: [{name: a, schedulers: x, forward_ms: 3, peer_delay_ms: 3}]}", "contestants[0].schedulers", "contestants[0].forward_ms")]
    [InlineData("{contestants: [{name: [a]}, {flags: --seed=2}, load-balance]}", "contestants[0].name", "contestants[2].name")]
    [InlineData("{workload: {duration: 0.1, rates: [0.001, 100, 0.002]}}", "workload.duration", "workload.duration")]
    [InlineData("contestants: [': --scheduling-policy=slo']", "contestants[0]")]
    [InlineData("{fleet: [{infer_type: decoder}], contestants: [{name: a, prefill_engines: 2}]}", "fleet[0].infer_type", "contestants[0].prefill_engines")]
    [InlineData("{fleet: [{class: a}, {class: a, profile: h20-qwen3-32b-estimate}, {profile: h100}]}", "fleet[1].class", "fleet[2].profile")]
    [InlineData("{fleet: [{class: a}, {class: a, profile: h100}]}", "fleet[1].profile")]
    [InlineData("{workload: {duration: 0.001, rate: 0.001}, seed: x}", "seed")]
    [InlineData("{fleet: [], scheduler_profile_group: 2, faults: [{engine: 1}]}", "fleet")]
    [InlineData("{workload: {trace: \"a\\0.csv\"}, seed: x}", "workload.trace", "seed")]
    [InlineData("{workload: {duration: 0.001, rate: 0.001}, tpot_slo: x}", "workload.duration", "tpot_slo")]
    [InlineData("{workload: {rate: 0.001, duration: 1, arrivals: trace}}", "workload.arrivals", "workload.duration")]
    public void Parse_ValuesThatDoNotFit_AreToldWithTheOthers(string yaml, params string[] keys)
    {
        string[] lines = Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(yaml, "/", "s.yaml")).Message.Split('\n');
        Assert.Equal(keys.Order(StringComparer.Ordinal), lines.Select(static line => line.Split(": ")[1].Replace("workload.rates", "rates", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parse_RequestsCannotArrive_TheDurationIsNamed() => Assert.Equal(
        "s.yaml:1: workload.duration: no request arrives within 0.5 s at 0.001 requests/s with seed 3; use a longer duration or a higher rate",
        Assert.Throws<ScenarioException>(() => ScenarioFile.Parse("{workload: {duration: 0.5, rates: [100, 0.001]}, seed: 3}", "/", "s.yaml")).Message);

    /// <summary>The text that a reader gets is about the scenario, whatever stands in the file.</summary>
    [Fact]
    public void Parse_AnyText_IsAScenarioOrAMessageWithoutTypes() => Gen.Int[0, Parts.Length - 1].Select(static i => Parts[i]).Array[0, 14].Sample(static parts =>
    {
        try
        {
            ScenarioFile.Parse(string.Concat(parts), "/", "s.yaml");
        }
        catch (ScenarioException exception)
        {
            Assert.DoesNotContain("System.", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Llumnix.", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("YamlDotNet", exception.Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Parse_DeepNesting_IsRefused() => Assert.Equal(
        "s.yaml:1: is nested too deeply",
        Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(new string('[', 100_000), "/", "s.yaml")).Message);

    /// <summary>The policy needs step times; the built-in fleet has them.</summary>
    [Fact]
    public async Task Run_SloOverTheBuiltInFleet_Places()
    {
        Scenario scenario = ScenarioFile.Parse(
            """
            workload: {requests: 40, rate: 5}
            fleet: [1, {count: 1, profile: h20-qwen3-32b-estimate}]
            scheduler_profile_group: 1
            contestants: {name: slo, flags: --scheduling-policy=slo}
            """,
            "/",
            "s.yaml");
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(40, Assert.Single(runs).Result.Requests.Count(static request => request.Outcome == RequestOutcome.Completed));
    }

    [Theory]
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
