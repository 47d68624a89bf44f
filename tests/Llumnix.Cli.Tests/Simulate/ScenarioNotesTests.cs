using System.Diagnostics;
using Llumnix.Cli.Simulate;
using Llumnix.Cli.Tests.Processes;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Tests.Simulate;

/// <summary>What <c>llumnix simulate</c> says beside its results: notes, and all that is wrong at once.</summary>
public sealed class ScenarioNotesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Of_FaultAfterTheEnd_IsNoted()
    {
        var scenario = new Scenario
        {
            Workload = new() { DurationSeconds = 5, Rates = [2] },
            Fleet = [new() { Count = 2 }],
            Contestants = [new("random") { Baseline = Llumnix.Simulation.Fleet.BaselineKind.Random }],
            Faults = [new() { Engine = 1, AtSeconds = 9000 }, new() { Engine = 0, AtSeconds = 1, DurationSeconds = 1 }],
        };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.StartsWith(
            "note: the crash of engine 1 at 9000 s comes after the end of every run (the shortest takes ",
            Assert.Single(ScenarioNotes.Of(scenario, [.. runs.Select(RunSummary.Of)])),
            StringComparison.Ordinal);
        Assert.StartsWith("Engine 0 (", Assert.Single(ScenarioFaults.Of(scenario, runs)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_WarmupThatLeavesNoRequest_IsNotedAndThereAreNoFigures()
    {
        var scenario = new Scenario
        {
            Workload = new() { DurationSeconds = 5, Rates = [2], WarmupSeconds = 60 },
            Fleet = [new() { Count = 2 }],
            Contestants = [new("random") { Baseline = Llumnix.Simulation.Fleet.BaselineKind.Random }],
        };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);
        RunSummary[] summaries = [.. runs.Select(RunSummary.Of)];
        Assert.StartsWith("note: the warm-up of 60 s leaves no request of any run", Assert.Single(ScenarioNotes.Of(scenario, summaries)), StringComparison.Ordinal);
        Assert.Equal("-", SimulationTable.Rows(summaries)[1][2]);
    }

    /// <summary>A policy's name stands for the scheduler with it.</summary>
    [Fact]
    public async Task Run_CompareNamesPolicies_TheyAreContestants()
    {
        string output = await LlumnixProcess.ReadAsync("simulate", "--duration", "2", "--engines", "2", "--compare", "load-balance", "--compare", "slo", "--compare", "round-robin");
        Assert.All((string[])["load-balance", "slo", "round-robin"], name => Assert.Contains(output.Split('\n'), line => line.Contains($"  {name} ", StringComparison.Ordinal)));
        Assert.Contains("TTFT and TPOT in ms", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_NoEnginePrefills_TheContestantThatRefusedAllIsNoted()
    {
        var scenario = new Scenario
        {
            Mode = SchedulingMode.PdBatch,
            Workload = new() { DurationSeconds = 5, Rates = [2] },
            Fleet = [new() { Count = 2 }],
            Contestants = [new("all neutral"), new("with roles") { PrefillEngines = 1 }],
        };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(
            "note: all neutral refused every request.",
            Assert.Single(ScenarioNotes.Of(scenario, [.. runs.Select(RunSummary.Of)])));
    }

    /// <summary>What can be known beforehand is told before anything is played.</summary>
    [Theory]
    [InlineData("--mode (mode): load-balance can place nothing: mode pd_batch needs engines that prefill and engines that decode, of which the fleet has none; say how many prefill", "--mode", "pd_batch")]
    [InlineData("--mode (mode): round-robin can place nothing: mode pd_staged needs", "--mode", "pd_staged", "--compare", "round-robin")]
    [InlineData("--prefill-engines (contestants.prefill_engines): load-balance can place nothing: mode neutral needs neutral engines", "--prefill-engines", "2")]
    public async Task Run_ContestantWithoutEnginesOfARole_IsAnErrorBeforeItRuns(string expected, params string[] flags)
    {
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(["simulate", "--engines", "4", "--duration", "1", .. flags]);
        Assert.Equal(2, exitCode);
        Assert.Contains("error: " + expected, errors, StringComparison.Ordinal);
    }

    /// <summary>What comes from a file is told with its place there, and what comes from a flag with the flag.</summary>
    [Theory]
    [InlineData("mode: pd_batch\nfleet: 4", "FILE:1: mode: load-balance can place nothing: mode pd_batch needs")]
    [InlineData("fleet: 4\nmode: pd_batch", "FILE:2: mode: load-balance can place nothing")]
    [InlineData("fleet: 4", "--mode (mode): load-balance can place nothing", "--mode", "pd_batch")]
    [InlineData("fleet: 4\nworkload:\n  trace: /nowhere/day.csv", "FILE:3: workload.trace: /nowhere/day.csv: there is no such file")]
    [InlineData("fleet: 4", "--trace (workload.trace): /nowhere/day.csv: there is no such file", "--trace", "/nowhere/day.csv")]
    [InlineData("fleet: 4\nworkload: {trace: day.xls}", "FILE:2: workload.trace: ")]
    [InlineData("fleet: 4\nworkload:\n  arrivals: trace", "FILE:3: workload.arrivals: trace needs a trace")]
    [InlineData("fleet: 4", "--arrivals (workload.arrivals): trace needs a trace", "--arrivals", "trace")]
    [InlineData("fleet:\n- ttft_profile: FILE\n  tpot_profile: FILE", "FILE:2: fleet[0].ttft_profile: FILE: no valid JSON: line 1, byte ")]
    [InlineData("fleet: 4", "--compare (contestants[1].name): an earlier contestant has the name \"random\"", "--compare", "random", "--compare", "random")]
    [InlineData("fleet: 4\nfaults: [{engine: 3, at: 1}]", "FILE:2: faults[0].engine: there is no engine 3", "--engines", "2")]
    public async Task Run_FileAndFlags_ProblemNamesWhereItsValueComesFrom(string yaml, string expected, params string[] flags)
    {
        await File.WriteAllTextAsync(_file, yaml.Replace("FILE", _file, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(["simulate", _file, .. flags]);
        Assert.Equal(2, exitCode);
        Assert.StartsWith("error: " + expected.Replace("FILE", _file, StringComparison.Ordinal), errors, StringComparison.Ordinal);
    }

    /// <summary>Which can be read once.</summary>
    [Fact]
    public async Task Run_FileIsAPipe_IsPlayed()
    {
        string pipe = Path.Combine(Path.GetTempPath(), $"llumnix-{Guid.NewGuid():N}");
        Assert.Equal(0, await ShellAsync($"mkfifo {pipe}"));
        try
        {
            Task<int> writer = ShellAsync($"echo '{{fleet: 2, workload: {{duration: 1, rate: 2}}, contestant: random}}' > {pipe}");
            Assert.Equal((0, ""), await LlumnixProcess.RunAsync("simulate", pipe).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
            Assert.Equal(0, await writer);
        }
        finally
        {
            File.Delete(pipe);
        }

        static async Task<int> ShellAsync(string line)
        {
            using Process shell = Process.Start("sh", ["-c", line]);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            return shell.ExitCode;
        }
    }

    [Theory]
    [InlineData("--mode", "pd_batch", "--prefill-engines", "2")]
    [InlineData("--mode", "pd_staged", "--compare", "a: --scheduling-policy=slo --enable-adaptive-pd")]
    public async Task Run_EnginesOfEachRole_Runs(params string[] flags) =>
        Assert.Equal((0, ""), await LlumnixProcess.RunAsync(["simulate", "--engines", "4", "--duration", "1", "--rate", "2", .. flags]));

    /// <summary>No prompt fits in the caches: only the run shows it.</summary>
    [Fact]
    public async Task Run_ContestantThatRefusesAll_Fails() =>
        Assert.Equal(1, (await LlumnixProcess.RunAsync("simulate", "--engines", "2", "--duration", "5", "--rate", "2", "--kv-capacity", "16")).ExitCode);

    /// <summary>A value that a misspelt option has, or that is missing, is open: nothing is told of what would depend on it.</summary>
    [Theory]
    [InlineData("--engnes 20 --prefill-engines 8 --mode pd_batch --trce g.csv --arrivals trace --warmup 700 --durtion 2000", "unknown option \"--engnes\"; did you mean --engines?", "unknown option \"--trce\"; did you mean --trace?", "unknown option \"--durtion\"; did you mean --duration?")]
    [InlineData("--mode pd_batch --prefil-engines=2", "unknown option \"--prefil-engines\"; did you mean --prefill-engines?")]
    [InlineData("--mdoe pd_batch --prefill-engines 4", "unknown option \"--mdoe\"; did you mean --mode?")]
    [InlineData("--engines --prefill-engines 8 --mode pd_batch", "--engines needs a value")]
    [InlineData("--duration --warmup 700", "--duration needs a value")]
    [InlineData("--trace --arrivals trace", "--trace needs a value")]
    [InlineData("--engnes 4 FILE", "unknown option \"--engnes\"; did you mean --engines?", "FILE:1: seed: must be a whole number from 0 to 2147482647, not \"x\"")]
    [InlineData("--sed -1 FILE", "unknown option \"--sed\"; did you mean --seed?", "FILE:1: seed: must be a whole number from 0 to 2147482647, not \"x\"")]
    [InlineData("FILE --rte -5", "unknown option \"--rte\"; did you mean --rate?", "FILE:1: seed: must be a whole number from 0 to 2147482647, not \"x\"")]
    [InlineData("-seeds 3 FILE", "unknown option \"-seeds\"; did you mean --seeds?", "FILE:1: seed: must be a whole number from 0 to 2147482647, not \"x\"")]
    [InlineData("FILE --kv-capacity -x --seeds -1", "FILE:1: seed: must be a whole number from 0 to 2147482647, not \"x\"", "--kv-capacity must be a whole number, 16 or above, not \"-x\"", "--seeds must be a whole number from 1 to 1000, not \"-1\"")]
    [InlineData("--foo FILE --rate 5", "unknown option \"--foo\"", "FILE:1: seed: must be a whole number from 0 to 2147482647, not \"x\"")]
    public async Task Run_MisspeltOrEmptyOptions_HaveNoConsequences(string line, params string[] messages)
    {
        await File.WriteAllTextAsync(_file, "seed: x\nfaults: [{engine: 9}]", TestContext.Current.CancellationToken);
        string[] args = [.. line.Split(' ').Select(arg => arg.Replace("FILE", _file, StringComparison.Ordinal))];
        string expected = string.Concat(messages.Select(message => $"error: {message.Replace("FILE", _file, StringComparison.Ordinal)}\n")) + "Help: llumnix simulate --help\n";
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(["simulate", .. args]);
        Assert.Equal((2, expected), (exitCode, errors.Replace($"error: {_file}:2: faults[0].engine: there is no engine 9; they are counted from 0 to 7\n", "", StringComparison.Ordinal)));
    }

    /// <summary>What stands for an option that is not known is neither the scenario's file nor a value of it.</summary>
    [Fact]
    public async Task Run_UnknownOptionInFront_IsToldAlone() => Assert.Equal(
        (2, "error: unknown option \"--rates\"; did you mean --rate?\nerror: --seed must be a whole number from 0 to 2147482647, not \"-1\"\nHelp: llumnix simulate --help\n"),
        await LlumnixProcess.RunAsync("simulate", "--rates", "5", "--seed", "-1"));

    /// <summary>The values that flags give are known, whatever the file is.</summary>
    [Fact]
    public async Task Run_FileIsNoMapping_FlagsAreCheckedAllTheSame()
    {
        await File.WriteAllTextAsync(_file, "[1]", TestContext.Current.CancellationToken);
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(
            "simulate", _file, "--duration", "5", "--warmup", "6", "--trace", "/nowhere/day.csv", "--compare", "a: --x", "--ttft-profile", "/nowhere/t", "--tpot-profile", "/nowhere/t");
        Assert.Equal((2, 7), (exitCode, errors.Split("error: ").Length));
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("{}", "needs a list 'results'")]
    public async Task Run_ContestantsTableIsBad_OneLineSaysSo(string? table, string expected)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            if (table is not null)
            {
                await File.WriteAllTextAsync(path, table, TestContext.Current.CancellationToken);
            }

            (int exitCode, string errors) = await LlumnixProcess.RunAsync(
                "simulate", "--duration", "1", "--compare", $"x: --scheduling-policy=slo --ttft-profiling-data-path={path} --tpot-profiling-data-path={path}");
            Assert.Equal(2, exitCode);
            Assert.Contains(errors.Split('\n'), line => line.Contains(path, StringComparison.Ordinal) && line.Contains(expected, StringComparison.Ordinal));
            Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Of the file and of the flags, each once. The contestants of the file are none where <c>--compare</c> names others.</summary>
    [Fact]
    public async Task Run_FileAndFlagsAreWrong_AllIsTold()
    {
        await File.WriteAllTextAsync(
            _file,
            """
            ttft_slo: soon
            faults: [{engine: 99, at: 1}]
            workload: {warmup: 30}
            fleet: [4, 4]
            contestants: [{name: a, flags: --no-such-flag}, {name: a, peer_loss: 2}]
            """,
            TestContext.Current.CancellationToken);
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(
            "simulate", _file, "--mode", "neutrall", "--compare", "randm", "--compare", "slo --scheduling-policy=slo", "--compare", "c: --scheduling-policy=none --port=x",
            "--trace", "/nowhere/day.csv", "--ttft-profile", "/nowhere/ttft.json", "--duration", "20", "--rate", "x", "--rate", "5", "--rate", "-1", "--seeds", "0", "--kv-capacity", "1", "--parallel", "0");
        Assert.Equal(2, exitCode);
        string[] expected =
        [
            "--parallel must be 1 run or more, not 0",
            $"{_file}:1: ttft_slo: must be a number from 0.001 to 604800000, not \"soon\"",
            $"{_file}:2: faults[0].engine: there is no engine 99; they are counted from 0 to 7",
            $"{_file}:3: workload.warmup: must be shorter than the duration, 20 s: nothing is left to measure",
            $"{_file}:5: contestants[1].peer_loss: must be a number from 0 to 1, not \"2\"",
            "--rate must be a number from 0.001 to 100000, not \"x\"",
            "--rate must be a number from 0.001 to 100000, not \"-1\"",
            "--kv-capacity must be a whole number, 16 or above, not \"1\"",
            "--mode must be one of neutral, pd_batch, pd_staged, not \"neutrall\"; did you mean neutral?",
            "--compare must be a baseline (round-robin, random, least-requests, power-of-two), a policy of the scheduler (flood, load-balance, round-robin, slo) or a name with the scheduler's flags, 'name: --flag=value', not \"randm\"; did you mean random?",
            "--compare must be a baseline (round-robin, random, least-requests, power-of-two), a policy of the scheduler (flood, load-balance, round-robin, slo) or a name with the scheduler's flags, 'name: --flag=value', not \"slo --scheduling-policy=slo\"; a contestant with flags has a colon after its name: 'name: --flag=value'",
            "--seeds must be a whole number from 1 to 1000, not \"0\"",
            "--trace (workload.trace): /nowhere/day.csv: there is no such file",
            "--ttft-profile (fleet.ttft_profile): ttft_profile and tpot_profile go together",
            "--ttft-profile (fleet.ttft_profile): /nowhere/ttft.json: cannot be read: there is no such file",
            "--compare (contestants[2].flags[1]): --port: the value must be a whole number from 0 to 65535, not \"x\"",
            "--compare (contestants[2].flags[0]): --scheduling-policy: \"none\" is no policy of full mode; known: flood, load-balance, round-robin, slo",
        ];
        Assert.Equal([.. expected.Select(static line => $"error: {line}"), "Help: llumnix simulate --help", ""], errors.Split('\n'));
    }

    /// <summary>Of a file that cannot be read, only what the flags say by themselves.</summary>
    [Fact]
    public async Task Run_FileCannotBeRead_FlagsAreCheckedAllTheSame()
    {
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(
            "simulate", "/nowhere/s.yaml", "--engines", "0", "--duration", "5", "--warmup", "5", "--mode", "pd_batch", "--compare", "a: --nope", "--trace", "/nowhere/day.csv");
        string[] expected =
        [
            "/nowhere/s.yaml: there is no such file",
            "--engines must be a whole number from 1 to 10000, not \"0\"",
            "--warmup (workload.warmup): must be shorter than the duration, 5 s: nothing is left to measure",
            "--trace (workload.trace): /nowhere/day.csv: there is no such file",
            "--compare (contestants[0].flags[0]): --nope: unknown; llumnix scheduler --help tells the known ones",
        ];
        Assert.Equal((2, string.Concat(expected.Select(static line => $"error: {line}\n")) + "Help: llumnix simulate --help\n"), (exitCode, errors));
    }
}
