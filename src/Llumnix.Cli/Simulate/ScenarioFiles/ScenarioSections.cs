using Llumnix.Adapters.Options.Table;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using static Llumnix.Adapters.Options.Table.OptionTypes;
using static Llumnix.Cli.Simulate.ScenarioFiles.ScenarioTypes;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>All keys of a scenario file, with kind, unit, range and default. The reader, the checks and the reference follow it.</summary>
internal static class ScenarioSections
{
    private const string Milliseconds = "ms";
    private const double MaxDelayMs = 60_000;
    private const double MinRate = 0.001;
    private const double MaxRate = 100_000;
    private const int MaxSeeds = 1000;
    private const double MaxSeconds = 366 * 86_400;
    private const double MinTargetMs = 0.001;
    private const double MaxTargetMs = 7 * 24 * 3_600_000.0;

    private static readonly ScenarioKeys<WorkloadScenario> OfWorkload = new(new());
    private static readonly ScenarioKeys<EngineGroup> OfGroup = new(new());
    private static readonly ScenarioKeys<Contestant> OfContestant = new(new(""));
    private static readonly ScenarioKeys<FaultScenario> OfFault = new(new());
    private static readonly ScenarioKeys<Scenario> OfScenario = new(new());

    /// <summary>The requests.</summary>
    public static ScenarioSection<WorkloadScenario> Workload { get; } = new("workload",
    [
        OfWorkload.Value("name", OneOf(WorkloadMaker.BuiltInNames), "", "The built-in workload; without effect with a trace.", w => w.Name, (w, v) => w with { Name = v })
            with { Flag = "--workload" },
        OfWorkload.File("trace", "A trace in place of the built-in workload: a .csv of Azure's or a .jsonl of Mooncake's format ([below](#traces)).",
            w => w.Trace, (w, v) => w with { Trace = v }) with { Flag = "--trace" },
        OfWorkload.Optional("arrivals", Arrivals, "", "The times of the arrivals: those of the trace, sped up to the rate; a Poisson process; bursts (a quarter of the time at three times the mean rate); or a day in half an hour (between half and one and a half times the mean rate).",
            w => w.Arrivals, (w, v) => w with { Arrivals = v }) with { Default = "trace with a trace, else poisson", Flag = "--arrivals" },
        new ScalarListKey<WorkloadScenario, double>
        {
            Name = "rates", OtherName = "rate", Kind = "number or list of numbers", Unit = "requests/s", Default = "that of the trace or of the built-in workload",
            Description = "Mean rates of arrivals; each is played by itself.", Flag = "--rate",
            Type = Between(MinRate, MaxRate), NeedsOne = true, Set = (w, v) => w with { Rates = v },
        },
        OfWorkload.Optional("requests", Integer(1), "requests", "Length of the workload as a number of requests.", w => w.Requests, (w, v) => w with { Requests = v })
            with { Default = "all of the trace, or those within the duration", Flag = "--requests" },
        OfWorkload.Optional("duration", UpTo(MaxSeconds), "s", "Length of the workload as a time; with requests, what ends first.", w => w.DurationSeconds, (w, v) => w with { DurationSeconds = v })
            with { Default = "until the requests are used up; 600 for a built-in workload without a number of them", Flag = "--duration" },
        OfWorkload.Optional("warmup", Between(0, MaxSeconds), "s", "Requests that arrive so early are played and left out of the results, in which an engine's share of the time stays that of the whole run.",
            w => w.WarmupSeconds, (w, v) => w with { WarmupSeconds = v }) with { Default = "none are left out", Flag = "--warmup" },
        OfWorkload.Optional("others_every", Integer(1), "requests", "Each so many'th request is one of others: it goes to the first engine, and only that engine's load tells of it. With mode neutral only.",
            w => w.OthersEvery, (w, v) => w with { OthersEvery = v }) with { Default = "none is" },
    ]);

    /// <summary>A group of equal engines.</summary>
    public static ScenarioSection<EngineGroup> Group { get; } = new("fleet",
    [
        OfGroup.Value("count", Integer(1, 10_000), "engines", "Number of engines; 10,000 in all groups at most.", g => g.Count, (g, v) => g with { Count = v }) with { Flag = "--engines" },
        OfGroup.Value("infer_type", InferType, "", "What they do. A contestant's prefill_engines takes precedence.", g => g.InferType, (g, v) => g with { InferType = v }),
        OfGroup.Value("profile", OneOf(EngineProfiles.Names), "", "Their built-in step times ([below](#profiles)); without effect with the two files.",
            g => g.Profile, (g, v) => g with { Profile = v }) with { Flag = "--profile" },
        OfGroup.File("ttft_profile", "Table of prefill times in JSON, as `llumnix profile` writes it; together with tpot_profile.",
            g => g.TtftProfile, (g, v) => g with { TtftProfile = v }) with { Flag = "--ttft-profile" },
        OfGroup.File("tpot_profile", "Table of decode step times in JSON; together with ttft_profile.", g => g.TpotProfile, (g, v) => g with { TpotProfile = v })
            with { Flag = "--tpot-profile" },
        new ScalarKey<EngineGroup, string>
        {
            Name = "class", Kind = "text", Default = "none: they are predicted from the profile of all", Type = ClassName,
            Description = "The class of their step times: the scheduler predicts their latencies from tables of their own, as with --latency-profiles. A contestant whose flags name tables has those instead. Engines have the label class=NAME.",
            Set = static (g, v) => g with { Class = v },
        },
        OfGroup.Optional("kv_capacity", Integer(new EngineConfiguration().BlockSize), "tokens", "KV cache of an engine, one block or more.", g => g.KvCapacity, (g, v) => g with { KvCapacity = v })
            with { Default = "that of the profile", Flag = "--kv-capacity" },
        OfGroup.Value("max_batched_tokens", Integer(1), "tokens", "Largest step of an engine, prefills and decodes together.", g => g.MaxBatchedTokens, (g, v) => g with { MaxBatchedTokens = v }),
        OfGroup.Value("noise", Between(0, 1), "", "Standard deviation of the factor by which the length of each step varies.", g => g.Noise, (g, v) => g with { Noise = v }),
    ])
    {
        ShortKey = "count",
    };

    /// <summary>One of the compared ways to schedule.</summary>
    public static ScenarioSection<Contestant> OneContestant { get; } = new("contestants",
    [
        OfContestant.Value("name", Name, "", "Its name in the results; no other contestant has it.", c => c.Name, (c, v) => c with { Name = v })
            with { Default = "the baseline's, else load-balance" },
        new ScalarListKey<Contestant, string>
        {
            Name = "flags", OtherName = "flag", Kind = "list of texts, or one text with spaces or line breaks between", Default = "none: the scheduler's defaults",
            Description = "[Flags of the scheduler](configuration.md). Targets, seed and profile come from the scenario where they are not among them.",
            Type = Text, Set = (c, v) => c with { Flags = v },
            Split = static text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), SplitEntry = FlagPaths.SplitEntry, Resolve = FlagPaths.Resolve,
        },
        OfContestant.Optional("baseline", Baseline, "", "A baseline in place of the scheduler.", c => c.Baseline, (c, v) => c with { Baseline = v }) with { Default = "the scheduler", Unread = static c => c with { Baseline = BaselineKind.RoundRobin } },
        OfContestant.Optional("prefill_engines", Integer(1), "engines", "How many engines of the fleet, from the first on, prefill for this contestant; the others decode.",
            c => c.PrefillEngines, (c, v) => c with { PrefillEngines = v }) with { Default = "as infer_type says", Flag = "--prefill-engines" },
        OfContestant.Optional("report_interval_ms", Between(1, 3_600_000), Milliseconds, "Time between two reports of gateways.",
            c => c.ReportIntervalMs, (c, v) => c with { ReportIntervalMs = v }) with { Default = "1000; over the CMS gateways do not report" },
        OfContestant.Value("first_tokens_wait", OptionTypes.Boolean, "", "First tokens wait for the next of these reports; else they are told within 20 ms.",
            c => c.DoFirstTokensWait, (c, v) => c with { DoFirstTokensWait = v }),
        OfContestant.Value("schedulers", Integer(1, 4), "schedulers", "Schedulers among which the requests are divided at random; 1 for a baseline.",
            c => c.Schedulers, (c, v) => c with { Schedulers = v }),
        OfContestant.Optional("peer_delay_ms", Between(0, MaxDelayMs), Milliseconds, "Time that word of a placement takes from one scheduler to another, in addition to --ha-batch-interval-ms.",
            c => c.PeerDelayMs, (c, v) => c with { PeerDelayMs = v }) with { Default = "they do not tell each other" },
        OfContestant.Optional("forward_ms", Between(0, MaxDelayMs), Milliseconds, "The first of the schedulers decides and the others forward to it, which adds this time to a question and its answer. Not with peer_delay_ms.",
            c => c.ForwardMs, (c, v) => c with { ForwardMs = v }) with { Default = "all decide" },
        OfContestant.Value("peer_loss", Between(0, 1), "share", "Share of the batches among schedulers that get lost.", c => c.PeerLoss, (c, v) => c with { PeerLoss = v }),
        OfContestant.Value("read_loss", Between(0, 1), "share", "Share of the reads of engines' metrics that get no answer.", c => c.ReadLoss, (c, v) => c with { ReadLoss = v }),
    ])
    {
        ReadText = static (node, path, reading) =>
        {
            if (ContestantText.Read(node.Value ?? "", out Contestant contestant) is { } problem)
            {
                reading.Add(path, node, problem);
            }

            return contestant with { Flags = FlagPaths.Resolve(contestant.Flags, reading) };
        },
    };

    /// <summary>A fault of an engine.</summary>
    public static ScenarioSection<FaultScenario> Fault { get; } = new("faults",
    [
        OfFault.Value("kind", ScenarioTypes.Fault, "", "crash: the engine loses its requests and is back after the duration; silent: it serves, but its statuses stop; unschedulable: it asks for no new requests; drain: the scheduler gives it none; slow: its steps take longer.",
            f => f.Kind, (f, v) => f with { Kind = v }),
        OfFault.Value("engine", Integer(0), "", "The engine, counted from 0 over all groups.", f => f.Engine, (f, v) => f with { Engine = v }),
        OfFault.Value("at", Between(0, MaxSeconds), "s", "When it begins, after the start of the run.", f => f.AtSeconds, (f, v) => f with { AtSeconds = v }),
        OfFault.Value("duration", Between(0, MaxSeconds), "s", "How long it lasts.", f => f.DurationSeconds, (f, v) => f with { DurationSeconds = v }),
        OfFault.Optional("factor", Between(0.01, 100), "times", "How many times as long the steps of a slow engine take.", f => f.Factor, (f, v) => f with { Factor = v }) with { Default = "1.25" },
    ]);

    /// <summary>The whole file.</summary>
    public static ScenarioSection<Scenario> Root { get; } = new("the file itself",
    [
        new SectionKey<Scenario, WorkloadScenario>
        {
            Name = "workload", Kind = "mapping", Description = "The requests.", Value = Workload, Get = s => s.Workload, Set = (s, v) => s with { Workload = v },
        },
        new SectionListKey<Scenario, EngineGroup>
        {
            Name = "fleet", Kind = "list of mappings; a number of engines; or one mapping", Default = "8", Description = "Groups of equal engines.",
            Item = Group, Empty = new(), Get = s => s.Fleet, Set = (s, v) => s with { Fleet = v },
        },
        OfScenario.Value("mode", Mode, "", "How requests are scheduled: whole, or prefill and decode apart, in one decision (pd_batch) or two (pd_staged).", s => s.Mode, (s, v) => s with { Mode = v })
            with { Flag = "--mode" },
        new SectionListKey<Scenario, Contestant>
        {
            Name = "contestants", OtherName = "contestant", Kind = "list of mappings or texts; or one of them", Default = "load-balance",
            Flag = "--compare",
            Description = "The compared ways to schedule. All get the same requests. A text is a baseline, a policy of the scheduler or, as in --compare, 'name: --flag=value'.",
            Item = OneContestant, Empty = new(""), Get = s => s.Contestants, Set = (s, v) => s with { Contestants = v },
            Complete = static contestant => contestant.Name.Length > 0
                ? contestant
                : contestant with { Name = contestant.Baseline is { } baseline ? Baseline.Write(baseline) : Contestant.DefaultName },
        },
        new SectionListKey<Scenario, FaultScenario>
        {
            Name = "faults", OtherName = "fault", Kind = "list of mappings, or one", Default = "none", Description = "What happens to engines.",
            Item = Fault, Empty = new(), Get = s => s.Faults, Set = (s, v) => s with { Faults = v },
        },
        OfScenario.Value("ttft_slo", Between(MinTargetMs, MaxTargetMs), Milliseconds, "Target time to first token, for the share of requests that met their targets and for --ttft-slo.", s => s.TtftSloMs, (s, v) => s with { TtftSloMs = v })
            with { Flag = "--ttft-slo" },
        OfScenario.Value("tpot_slo", Between(MinTargetMs, MaxTargetMs), Milliseconds, "Target time per output token, the same.", s => s.TpotSloMs, (s, v) => s with { TpotSloMs = v }) with { Flag = "--tpot-slo" },
        OfScenario.Value("seed", Integer(0, int.MaxValue - MaxSeeds), "", "Seed of all randomness: the same scenario and seed give the same results.", s => s.Seed, (s, v) => s with { Seed = v })
            with { Flag = "--seed" },
        OfScenario.Value("seeds", Integer(1, MaxSeeds), "seeds", "Number of seeds, counted up from seed, with which everything is played; the results are means.", s => s.Seeds, (s, v) => s with { Seeds = v })
            with { Flag = "--seeds" },
        OfScenario.Optional("scheduler_profile_group", Integer(0), "", "The group of the fleet, counted from 0, whose step times are the scheduler's profile of all engines without a class.",
            s => s.SchedulerProfileGroup, (s, v) => s with { SchedulerProfileGroup = v }) with { Default = "0" },
        OfScenario.Value("push_interval_ms", Between(0, MaxDelayMs), Milliseconds, "Least time between two statuses of an engine.", s => s.PushIntervalMs, (s, v) => s with { PushIntervalMs = v }),
        OfScenario.Value("dispatch_delay_ms", Between(0, MaxDelayMs), Milliseconds, "Time from a gateway's question until the request is at its engine.", s => s.DispatchDelayMs, (s, v) => s with { DispatchDelayMs = v }),
        OfScenario.Value("ask_again_ms", Between(1, 3_600_000), Milliseconds, "Interval at which gateways ask again for a request that --slo-overload=hold defers.",
            s => s.AskAgainMs, (s, v) => s with { AskAgainMs = v }),
        OfScenario.Value("ask_again_for_s", Between(0, 86_400), "s", "For how long they ask; then the request is refused.", s => s.AskAgainForSeconds, (s, v) => s with { AskAgainForSeconds = v }),
        OfScenario.Value("kv_metadata_delay_ms", Between(0, MaxDelayMs), Milliseconds, "Time until the KV metadata service has answered one question; contestants with cache-aware scheduling ask it before they decide.",
            s => s.KvMetadataDelayMs, (s, v) => s with { KvMetadataDelayMs = v }),
        OfScenario.Value("engine_read_delay_ms", Between(0, MaxDelayMs), Milliseconds, "With --status-source=engines: time from the making of a page of metrics until the scheduler has a status.",
            s => s.EngineReadDelayMs, (s, v) => s with { EngineReadDelayMs = v }),
    ]);

    /// <summary>All of them, from the file down.</summary>
    public static IReadOnlyList<ScenarioSection> All { get; } = [Root, Workload, Group, OneContestant, Fault];
}
