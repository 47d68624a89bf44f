using System.CommandLine;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Profiles;
using Llumnix.Cli.Options;
using Llumnix.Cli.Simulate.ScenarioFiles;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Engines;
using Spectre.Console;

namespace Llumnix.Cli.Simulate;

/// <summary><c>llumnix simulate</c>: the scheduler's own decisions on a virtual clock.</summary>
internal static class SimulateCommand
{
    private static readonly Argument<string?> File = new("scenario")
    {
        Description = "A scenario in YAML; without one the flags describe it.", Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Trace = new("--trace") { Description = "An Azure csv or a Mooncake jsonl file." };

    private static readonly Option<string?> Workload = new("--workload") { Description = "A built-in workload: azure-conversation (default), conversations or shared-prefix." };

    private static readonly Option<string?> Arrivals = new("--arrivals") { Description = "trace, poisson, bursty or diurnal." };

    private static readonly Option<double[]> Rates = new("--rate") { Description = "Requests per second; several rates are compared.", AllowMultipleArgumentsPerToken = true };

    private static readonly Option<int?> Requests = new("--requests") { Description = "Number of requests." };

    private static readonly Option<double?> Duration = new("--duration") { Description = "Seconds of arrivals." };

    private static readonly Option<double?> Warmup = new("--warmup") { Description = "Seconds from the start on whose requests are played and left out of the results." };

    private static readonly Option<int?> Engines = new("--engines") { Description = "Number of engines (default 8)." };

    private static readonly Option<int?> Prefills = new("--prefill-engines") { Description = "How many of them prefill; the rest decodes." };

    private static readonly Option<string?> Mode = new("--mode") { Description = "neutral, pd_batch or pd_staged." };

    private static readonly Option<string?> Profile = new("--profile") { Description = $"Built-in step times of the engines: {string.Join(" or ", EngineProfiles.Names)} (default {EngineProfiles.All[0].Name})." };

    private static readonly Option<string?> TtftProfile = new("--ttft-profile") { Description = "JSON table of the engines' prefill times." };

    private static readonly Option<string?> TpotProfile = new("--tpot-profile") { Description = "JSON table of the engines' decode step times." };

    private static readonly Option<int?> KvCapacity = new("--kv-capacity") { Description = "KV capacity of an engine in tokens." };

    private static readonly Option<double?> TtftSlo = new("--ttft-slo") { Description = "Target time to first token in milliseconds." };

    private static readonly Option<double?> TpotSlo = new("--tpot-slo") { Description = "Target time per output token in milliseconds." };

    private static readonly Option<int?> Seed = new("--seed") { Description = "Seed of workload and decisions (default 1)." };

    private static readonly Option<int?> Seeds = new("--seeds") { Description = "Play everything with this many seeds, counted up from --seed, and show means with 95% intervals (default 1)." };

    private static readonly Option<string[]> Compare = new("--compare")
    {
        Description = "A contestant: 'name: --flag=value ...' with the scheduler's flags, a policy of the scheduler (load-balance, flood, slo), or a baseline's name (round-robin, random, least-requests, power-of-two). May be given several times.",
    };

    private static readonly Option<string?> Html = OutputFile.CreateOption("--html", "Write a report with charts to this file, one HTML page that needs no network.");

    private static readonly Option<string?> Json = JsonOutput.CreateOption();

    private static readonly Option<int> Parallel = new("--parallel")
    {
        Description = "Runs at a time.", DefaultValueFactory = _ => Math.Max(1, Environment.ProcessorCount),
    };

    internal static Command Create()
    {
        var command = new Command("simulate", "Plays a workload on a modelled fleet, on a virtual clock, and compares ways to schedule it.")
        {
            File, Trace, Workload, Arrivals, Rates, Requests, Duration, Warmup, Engines, Prefills, Mode, Profile, TtftProfile, TpotProfile, KvCapacity,
            TtftSlo, TpotSlo, Seed, Seeds, Compare, Html, Json, Parallel,
        };
        Parallel.Check(static value => value >= 1, "1 run or more");
        ScenarioFlags.Check(command);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, JsonOutput.ConsoleFor(parsed.GetValue(Json)), TimeProvider.System, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, IAnsiConsole console, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            Scenario scenario = ScenarioOf(parsed);
            long start = time.GetTimestamp();
            (IReadOnlyList<ScenarioRun> runs, IReadOnlyList<RunSummary> summaries) =
                await RunProgress.ShowAsync(
                    ScenarioRunner.CountRuns(scenario) * scenario.Seeds,
                    onProgress => SeedRunner.RunAsync(scenario, parsed.GetValue(Parallel), onProgress, cancellation));
            console.Profile.Out.Writer.Write(SimulationTable.Format(summaries));
            console.Profile.Out.Writer.WriteLine(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"TTFT and TPOT in ms; {summaries.Sum(static run => run.SimulatedSeconds):0} simulated seconds, {summaries.Sum(static run => run.Steps)} engine steps in {time.GetElapsedTime(start).TotalSeconds:0.0} s."));
            foreach (string sentence in CoverageLines.Of(summaries)
                .Concat(ScenarioNotes.Of(scenario, summaries))
                .Concat(ScenarioFaults.Of(scenario, runs))
                .Concat(SimulationVerdict.Of(summaries)))
            {
                console.Profile.Out.Writer.WriteLine(sentence);
            }

            await JsonOutput.WriteAsync(parsed.GetValue(Json), () => SimulationJson.Write(scenario, summaries), parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(Html) is { } html)
            {
                await OutputFile.WriteAsync(Html.Name, html, HtmlReport.Write(scenario, runs, summaries));
            }

            return ScenarioNotes.FindRefusedAll(scenario, summaries).Any() ? ExitCodes.Failure : ExitCodes.Success;
        }
        catch (Exception exception) when (exception is ScenarioException or ProfilingTableException or IOException or UnauthorizedAccessException)
        {
            return await UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "simulate", exception.Message);
        }
    }

    private static Scenario ScenarioOf(ParseResult parsed)
    {
        var problems = new List<string>();
        Scenario scenario = ReadFile(parsed.GetValue(File), problems, out ScenarioReading? reading);
        var origins = new ScenarioOrigins(parsed.GetValue(File), reading, flag => IsGiven(parsed, flag));
        WorkloadScenario workload = scenario.Workload;
        IReadOnlyList<Contestant> contestants = parsed.GetValue(Compare) is { Length: > 0 } compare
            ? [.. compare.Select(text => ContestantOf(text, parsed.GetValue(Prefills), problems))]
            : [.. scenario.Contestants.Select(contestant => contestant with { PrefillEngines = parsed.GetValue(Prefills) ?? contestant.PrefillEngines })];
        scenario = scenario with
        {
            Workload = workload with
            {
                Trace = parsed.GetValue(Trace) ?? workload.Trace,
                Name = parsed.GetValue(Workload) ?? workload.Name,
                Arrivals = parsed.GetValue(Arrivals) is { } pattern ? Read(Arrivals, ScenarioTypes.Arrivals, pattern, problems) : workload.Arrivals,
                Rates = parsed.GetValue(Rates) is { Length: > 0 } rates ? rates : workload.Rates,
                Requests = parsed.GetValue(Requests) ?? workload.Requests,
                DurationSeconds = parsed.GetValue(Duration) ?? workload.DurationSeconds,
                WarmupSeconds = parsed.GetValue(Warmup) ?? workload.WarmupSeconds,
            },
            Fleet = [.. scenario.Fleet.Select(group => group with
            {
                Count = parsed.GetValue(Engines) ?? group.Count,
                Profile = parsed.GetValue(Profile) ?? group.Profile,
                TtftProfile = parsed.GetValue(TtftProfile) ?? group.TtftProfile,
                TpotProfile = parsed.GetValue(TpotProfile) ?? group.TpotProfile,
                KvCapacity = parsed.GetValue(KvCapacity) ?? group.KvCapacity,
            })],
            Mode = parsed.GetValue(Mode) is { } mode ? Read(Mode, ScenarioTypes.Mode, mode, problems) : scenario.Mode,
            Contestants = contestants,
            TtftSloMs = parsed.GetValue(TtftSlo) ?? scenario.TtftSloMs,
            TpotSloMs = parsed.GetValue(TpotSlo) ?? scenario.TpotSloMs,
            Seed = parsed.GetValue(Seed) ?? scenario.Seed,
            Seeds = parsed.GetValue(Seeds) ?? scenario.Seeds,
        };
        problems.AddRange(ScenarioFile.FindProblems(scenario, origins));
        problems.AddRange(ScenarioFile.FindProblemsOfFiles(scenario, origins));
        if (problems.Count == 0)
        {
            problems.AddRange(ScenarioFile.FindMissingRoles(scenario, origins));
        }

        return problems.Count == 0 ? scenario : throw new ScenarioException(string.Join('\n', problems.Distinct(StringComparer.Ordinal)));
    }

    /// <summary>Reads the file, where there is one. What is wrong with it is told together with what is wrong with the flags.</summary>
    private static Scenario ReadFile(string? path, List<string> problems, out ScenarioReading? reading)
    {
        reading = null;
        try
        {
            return path is null ? new Scenario() : ScenarioFile.Read(path, out reading);
        }
        catch (ScenarioException exception)
        {
            reading = null;
            problems.Add(exception.Message);
            return new Scenario();
        }
    }

    private static bool IsGiven(ParseResult parsed, string flag) =>
        parsed.CommandResult.Command.Options.FirstOrDefault(option => option.Name == flag) is { } option && parsed.GetResult(option) is { Implicit: false };

    private static T Read<T>(Option option, OptionType<T> type, string text, List<string> problems)
    {
        if (!type.Read(text, out T value))
        {
            string hint = type.Explain(text) is { } explained ? $"; {explained}" : "";
            problems.Add($"{option.Name}: must be {type.Expected}, not '{text}'{hint}");
        }

        return value;
    }

    private static Contestant ContestantOf(string text, int? prefills, List<string> problems)
    {
        if (ContestantText.Read(text, out Contestant contestant) is { } problem)
        {
            problems.Add($"{Compare.Name}: {problem}");
        }

        return contestant with { PrefillEngines = prefills };
    }
}
