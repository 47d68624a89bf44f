using System.CommandLine;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Profiles;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;
using Llumnix.Gateway.Http;
using Spectre.Console;

namespace Llumnix.Cli.Profiling;

/// <summary>
/// <c>llumnix profile</c>: measures a running engine and writes the two tables that the slo policy needs.
/// </summary>
internal static class ProfileCommand
{
    private const string ApiKeyVariable = "OPENAI_API_KEY";
    private static readonly ProfileGrid Defaults = new();

    private static readonly Option<Uri?> Endpoint = HttpAddress.CreateOption("--endpoint", "The engine's address, http(s)://host:port. It must be idle but for this.");

    private static readonly Option<Uri?> Compare = HttpAddress.CreateOption(
        "--compare", "Measure nothing; ask the scheduler at this address, http(s)://host:port, how its predictions compare with what came, by class and instance.");

    private static readonly Option<string?> TokenFile = InputFile.CreateSecretOption(
        "--token-file", $"With --compare: file of the token of the scheduler's --metrics-token; else {FleetComparer.TokenVariable} holds it.");

    private static readonly Option<string?> Json = JsonOutput.CreateOption();

    private static readonly Option<string?> Model = Checked(
        new Option<string?>("--model") { Description = "The model to ask for." }, static name => string.IsNullOrWhiteSpace(name) ? "--model must be the name of a model, not empty" : null);

    private static readonly Option<string?> Ttft = OutputFile.CreateOption("--ttft-output", "File of the prefill table (default ttft.json; with --into the class's own, or CLASS-ttft.json beside the file).");

    private static readonly Option<string?> Tpot = OutputFile.CreateOption("--tpot-output", "File of the decode table (default tpot.json; with --into likewise).");

    private static readonly Option<string?> Into = OutputFile.CreateOption("--into", "A file of --latency-profiles, to which the tables are added as a class, or in which they replace those of the class.");

    private static readonly Option<string?> Class = Checked(new Option<string?>("--class") { Description = "The class, with --into." }, ProfileTarget.FindNameProblem);

    private static readonly Option<string[]> When = Checked(
        new Option<string[]>("--when")
        {
            Description = "With --into: a condition of the class's instances as key=pattern, such as node=gpu-h20-*, or labels.KEY=pattern. May be given several times; required for a new class.",
        },
        ProfileTarget.FindConditionProblem);

    private static readonly Option<int[]> PromptTokens = List("--prompt-tokens", "Prompt lengths of the prefill table.", Defaults.PromptTokens);

    private static readonly Option<int[]> BatchSizes = List("--batch-sizes", "Batch sizes of the decode table.", Defaults.BatchSizes);

    private static readonly Option<int[]> TokensPerRequest = List("--tokens-per-request", "Context lengths of the decode table.", Defaults.TokensPerRequest);

    private static readonly Option<int> Repeats = Count("--repeats", "Measurements of each cell; the median counts.", Defaults.Repeats, 1);

    private static readonly Option<int> DecodeSteps = Count("--decode-steps", "Decode steps that a measurement spans.", Defaults.DecodeSteps, 2);

    private static readonly Option<int> Timeout = Count("--timeout", "Seconds after which a cell is given up.", (int)Defaults.Timeout.TotalSeconds, 1, 86_400);

    private static readonly Option<bool> Restart = new("--restart") { Description = "Begin anew instead of going on with the files of an earlier run." };

    private static readonly IReadOnlyList<CommandRule> Rules =
    [
        new(
            [],
            static p => !IsComparison(p) && !(CommandRule.IsGiven(p, Endpoint) && CommandRule.IsGiven(p, Model)),
            "--endpoint and --model are needed to measure an engine; --compare asks a scheduler"),
        new([], static p => IsComparison(p) && CommandRule.IsGiven(p, Endpoint), "--compare measures no engine: leave --endpoint out"),
        NeedsComparison(TokenFile),
        NeedsComparison(Json),
        new(
            [],
            static p => !IsComparison(p) && (CommandRule.IsGiven(p, Into) != CommandRule.IsGiven(p, Class) || (CommandRule.IsGiven(p, When) && !CommandRule.IsGiven(p, Into))),
            ProfileTarget.GoTogether),
        new([Into], static p => IsComparison(p) ? null : FindInFile(p)),
        new([Into, Class, When], static p => IsComparison(p) || FindInFile(p) is not null ? null : FindInTarget(p)),
        new([], static p => string.Join('\n', FindConflicts(p)) is { Length: > 0 } conflicts ? conflicts : null),
    ];

    internal static Command Create()
    {
        var command = new CheckedCommand(
            "profile", $"Measures an engine's latencies for the slo policy. An API key is taken from {ApiKeyVariable}.", static parsed => CommandRule.FindProblems(Rules, parsed))
        {
            Endpoint, Model, Ttft, Tpot, Into, Class, When, PromptTokens, BatchSizes, TokensPerRequest, Repeats, DecodeSteps, Timeout, Restart, Compare, TokenFile, Json,
        };
        command.SetAction((parsed, cancellation) => parsed.GetValue(Compare) is { } scheduler
            ? FleetComparer.RunAsync(
                scheduler,
                parsed.GetValue(TokenFile),
                parsed.GetValue(Json),
                parsed.InvocationConfiguration.Output,
                JsonOutput.ConsoleFor(parsed.GetValue(Json)).Profile.Out.Writer,
                parsed.InvocationConfiguration.Error,
                cancellation)
            : RunAsync(parsed, AnsiConsole.Console, TimeProvider.System, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, IAnsiConsole console, TimeProvider time, CancellationToken cancellation)
    {
        var grid = new ProfileGrid
        {
            PromptTokens = parsed.GetValue(PromptTokens)!,
            BatchSizes = parsed.GetValue(BatchSizes)!,
            TokensPerRequest = parsed.GetValue(TokensPerRequest)!,
            Repeats = parsed.GetValue(Repeats),
            DecodeSteps = parsed.GetValue(DecodeSteps),
            Timeout = TimeSpan.FromSeconds(parsed.GetValue(Timeout)),
        };
        string apiKey;
        try
        {
            apiKey = ClientToken.ReadVariable(ApiKeyVariable);
        }
        catch (IOException exception)
        {
            return await UsageError.WriteAsync(Console.Error, "profile", exception.Message);
        }

        try
        {
            ProfileTarget target = TargetOf(parsed);
            (ProfileTableFile ttft, ProfileTableFile tpot) = Open(parsed, target, time);
            using HttpClient http = ClientFactory.Create(System.Threading.Timeout.InfiniteTimeSpan, JsonBody.MaxBytes);
            var probe = new LatencyProbe(
                http, parsed.GetValue(Endpoint)!, parsed.GetValue(Model)!, apiKey.Length == 0 ? null : apiKey, new Random(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue)), time);
            var network = new TcpRoundTrip(parsed.GetValue(Endpoint)!, time);
            IReadOnlyList<string> missing = await ShowAsync(
                console, Cells(grid), progress => MeasureAsync(new LatencyProfiler(probe, network, grid, time, progress), ttft, tpot, cancellation));
            console.Profile.Out.Writer.WriteLine($"{Cells(grid) - missing.Count} of {Cells(grid)} cells are in {target.TtftPath} and {target.TpotPath}.");
            if (missing.Count == 0 && target.Conclude() is { } written)
            {
                console.Profile.Out.Writer.WriteLine(written);
            }

            return await ConcludeAsync(missing);
        }
        catch (Exception exception) when (exception is ProfileException or ProfilingTableException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Failure;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped; the same command goes on from here.");
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>Prints the missing cells. 0: the tables are complete; 1: they are not.</summary>
    private static async Task<int> ConcludeAsync(IReadOnlyList<string> missing)
    {
        foreach (string cell in missing)
        {
            await Console.Error.WriteLineAsync($"Left out: {cell}");
        }

        if (missing.Count > 0)
        {
            await Console.Error.WriteLineAsync("The tables are not complete. The same command measures what is missing; ask only for cells that the engine can hold.");
        }

        return missing.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static (ProfileTableFile Ttft, ProfileTableFile Tpot) Open(ParseResult parsed, ProfileTarget target, TimeProvider time)
    {
        (string ttft, string tpot, string model) = (target.TtftPath, target.TpotPath, parsed.GetValue(Model)!);
        if (parsed.GetValue(Restart))
        {
            File.Delete(ttft);
            File.Delete(tpot);
        }

        string description = $"Measured at {HttpAddress.Show(parsed.GetValue(Endpoint)!)}, median of {parsed.GetValue(Repeats)}; milliseconds.";
        return (ProfileTableFile.Open(ttft, model, description, time), ProfileTableFile.Open(tpot, model, description, time));
    }

    private static async Task MeasureAsync(
        LatencyProfiler profiler, ProfileTableFile ttft, ProfileTableFile tpot, CancellationToken cancellation)
    {
        await profiler.MeasurePrefillAsync(ttft, cancellation);
        await profiler.MeasureDecodeAsync(tpot, cancellation);
    }

    private static async Task<IReadOnlyList<string>> ShowAsync(IAnsiConsole console, int cells, Func<ProfileProgress, Task> measure)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            var lines = new ProfileProgress(console, bar: null, cells);
            await measure(lines);
            return lines.Missing;
        }

        return await console.Progress().StartAsync(async context =>
        {
            var bar = new ProfileProgress(console, context.AddTask("profile", maxValue: cells), cells);
            await measure(bar);
            return bar.Missing;
        });
    }

    private static int Cells(ProfileGrid grid) => grid.PromptTokens.Count + (grid.BatchSizes.Count * grid.TokensPerRequest.Count);

    private static CommandRule NeedsComparison(Option option) =>
        new([], p => !IsComparison(p) && CommandRule.IsGiven(p, option), $"{option.Name} needs --compare");

    private static bool IsComparison(ParseResult parsed) => CommandRule.IsGiven(parsed, Compare);

    private static string? FindInFile(ParseResult parsed) =>
        parsed.GetValue(Into) is { } into && ProfileTarget.FindFileProblems(into) is { Count: > 0 } problems
            ? string.Join('\n', problems.Select(static problem => $"{Into.Name}: {problem}"))
            : null;

    /// <summary>Outputs in one file, the class's own and the usual ones among them, as far as they are known.</summary>
    private static IEnumerable<string> FindConflicts(ParseResult parsed)
    {
        if (IsComparison(parsed))
        {
            return OutputConflicts.Find([OutputConflicts.Of(parsed, Json)], [OutputConflicts.Of(parsed, TokenFile)]);
        }

        (string Name, string? Path) ttft = OutputConflicts.Of(parsed, Ttft);
        (string Name, string? Path) tpot = OutputConflicts.Of(parsed, Tpot);
        (string Name, string? Path) into = OutputConflicts.Of(parsed, Into);
        if (CommandRule.HasValues(parsed, [Ttft, Tpot, Into, Class, When]) && TryTarget(parsed, out _) is { } target)
        {
            (ttft.Path, tpot.Path) = (target.TtftPath, target.TpotPath);
        }

        return OutputConflicts.Find([ttft, tpot, into], []);
    }

    private static string? FindInTarget(ParseResult parsed)
    {
        TryTarget(parsed, out string? problem);
        return problem;
    }

    private static ProfileTarget? TryTarget(ParseResult parsed, out string? problem)
    {
        try
        {
            problem = null;
            return TargetOf(parsed);
        }
        catch (ProfileException exception)
        {
            problem = exception.Message;
        }
        catch (ProfilingTableException exception)
        {
            problem = string.Join('\n', exception.Problems.Select(static problem => $"{Into.Name}: {problem}"));
        }

        return null;
    }

    private static ProfileTarget TargetOf(ParseResult parsed) =>
        ProfileTarget.Of(OutputConflicts.Of(parsed, Ttft).Path, OutputConflicts.Of(parsed, Tpot).Path, parsed.GetValue(Into), parsed.GetValue(Class), parsed.GetValue(When) ?? []);

    private static Option<int> Count(string name, string description, int standard, int least, int most = 1_000_000)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        return option.Check(value => value >= least && value <= most, FormattableString.Invariant($"from {least} to {most}"));
    }

    private static Option<T> Checked<T>(Option<T> option, Func<string, string?> findProblem)
    {
        option.Validators.Add(result =>
        {
            foreach (string problem in result.Tokens.Select(token => findProblem(token.Value)).OfType<string>())
            {
                result.AddError(problem);
            }
        });
        return option;
    }

    private static Option<int[]> List(string name, string description, IReadOnlyList<int> standard)
    {
        string text = string.Join(',', standard);
        return new Option<int[]>(name)
        {
            Description = $"{description} Numbers with commas between (default {text}).",
            DefaultValueFactory = _ => [.. standard],
            CustomParser = result =>
            {
                int[] numbers = [.. result.Tokens.SelectMany(static token => token.Value.Split(','))
                    .Select(static part => int.TryParse(part, out int number) ? number : 0)];
                if (numbers.Length == 0 || numbers.Any(static number => number < 1))
                {
                    result.AddError($"{name} must be whole numbers of 1 or above with commas between, not {RefusedValue.Quote(string.Join(' ', result.Tokens.Select(static token => token.Value)))}");
                }

                return [.. numbers.Distinct().Order()];
            },
        };
    }
}
