using System.CommandLine;
using System.CommandLine.Parsing;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using Llumnix.Cli.Commands;
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

    private static readonly Option<string[]> Rates = new("--rate") { Description = "Requests per second; several rates are compared.", AllowMultipleArgumentsPerToken = true };

    private static readonly Option<string?> Requests = new("--requests") { Description = "Number of requests." };

    private static readonly Option<string?> Duration = new("--duration") { Description = "Seconds of arrivals." };

    private static readonly Option<string?> Warmup = new("--warmup") { Description = "Seconds from the start on whose requests are played and left out of the results." };

    private static readonly Option<string?> Engines = new("--engines") { Description = "Number of engines (default 8)." };

    private static readonly Option<string?> Prefills = new("--prefill-engines") { Description = "How many of them prefill; the rest decodes." };

    private static readonly Option<string?> Mode = new("--mode") { Description = "neutral, pd_batch or pd_staged." };

    private static readonly Option<string?> Profile = new("--profile") { Description = $"Built-in step times of the engines: {string.Join(" or ", EngineProfiles.Names)} (default {EngineProfiles.All[0].Name})." };

    private static readonly Option<string?> TtftProfile = new("--ttft-profile") { Description = "JSON table of the engines' prefill times." };

    private static readonly Option<string?> TpotProfile = new("--tpot-profile") { Description = "JSON table of the engines' decode step times." };

    private static readonly Option<string?> KvCapacity = new("--kv-capacity") { Description = "KV capacity of an engine in tokens." };

    private static readonly Option<string?> TtftSlo = new("--ttft-slo") { Description = "Target time to first token in milliseconds." };

    private static readonly Option<string?> TpotSlo = new("--tpot-slo") { Description = "Target time per output token in milliseconds." };

    private static readonly Option<string?> Seed = new("--seed") { Description = "Seed of workload and decisions (default 1)." };

    private static readonly Option<string?> Seeds = new("--seeds") { Description = "Play everything with this many seeds, counted up from --seed, and show means with 95% intervals (default 1)." };

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
        // Once: the file may be a pipe.
        ScenarioInput? input = null;
        ScenarioInput InputOf(ParseResult parsed) => input ??= Read(parsed);
        var command = new CheckedCommand(
            "simulate", "Plays a workload on a modelled fleet, on a virtual clock, and compares ways to schedule it.", parsed => [.. InputOf(parsed).FindProblems(), .. FindConflicts(parsed, InputOf(parsed).Scenario)])
        {
            File, Trace, Workload, Arrivals, Rates, Requests, Duration, Warmup, Engines, Prefills, Mode, Profile, TtftProfile, TpotProfile, KvCapacity,
            TtftSlo, TpotSlo, Seed, Seeds, Compare, Html, Json, Parallel,
        };
        Parallel.Check(static value => value >= 1, "1 run or more");
        command.SetAction((parsed, cancellation) => RunAsync(parsed, InputOf(parsed).Scenario, JsonOutput.ConsoleFor(parsed.GetValue(Json)), TimeProvider.System, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Scenario scenario, IAnsiConsole console, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
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

    private static IEnumerable<string> FindConflicts(ParseResult parsed, Scenario scenario) => OutputConflicts.Find(
        [OutputConflicts.Of(parsed, Json), OutputConflicts.Of(parsed, Html)],
        [
            ("the scenario", parsed.GetValue(File)),
            ("the trace", scenario.Workload.Trace),
            .. scenario.Fleet.SelectMany(static group => new[] { group.TtftProfile, group.TpotProfile }).Distinct().Select(static path => ("a table of step times", path)),
            .. scenario.Contestants.SelectMany(static contestant => contestant.Tables.Select(path => ($"a table of {contestant.Name}", (string?)path))),
        ]);

    /// <summary>What the file and the flags say, and all that is wrong with it.</summary>
    private static ScenarioInput Read(ParseResult parsed) => ScenarioInput.Read(
        FileOf(parsed), new ScenarioFlags(flag => ValuesOf(parsed, flag), (parsed.CommandResult.Command as CheckedCommand)?.Doubtful ?? new HashSet<string>()));

    /// <summary>The file; what looks like an option is told as one that is unknown.</summary>
    private static string? FileOf(ParseResult parsed) =>
        parsed.GetValue(File) is { } path && (!path.StartsWith("--", StringComparison.Ordinal) || parsed.Tokens.Any(static token => token.Type == TokenType.DoubleDash)) ? path : null;

    private static IReadOnlyList<string>? ValuesOf(ParseResult parsed, string flag) =>
        parsed.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(option => option.Option.Name == flag) is { Implicit: false } result
            // What looks like an option is told as one that is unknown.
            ? [.. result.Tokens.Select(static token => token.Value).Where(value => !result.Option.AllowMultipleArgumentsPerToken || !value.StartsWith("--", StringComparison.Ordinal))]
            : null;
}
