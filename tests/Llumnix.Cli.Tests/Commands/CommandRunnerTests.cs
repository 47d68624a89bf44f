using System.CommandLine;
using System.Text.Json;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Tests.Load;
using Llumnix.Cli.Tests.Processes;

namespace Llumnix.Cli.Tests.Commands;

/// <summary>Exit codes and messages that all commands have in common.</summary>
public sealed class CommandRunnerTests
{
    [Theory]
    [InlineData("llumnix", "--fast")]
    [InlineData("llumnix", "dance")]
    [InlineData("llumnix")]
    [InlineData("llumnix explain", "explain", "--mode", "fast")]
    [InlineData("llumnix drain", "drain")]
    [InlineData("llumnix drain", "drain", "a", "--wait=x")]
    [InlineData("llumnix drain", "drain", "a", "--timeout", "x")]
    [InlineData("llumnix demo", "demo", "--duration", "x")]
    [InlineData("llumnix simulate", "simulate", "--rate", "x")]
    [InlineData("llumnix profile", "profile")]
    [InlineData("llumnix engine", "engine", "--count", "0")]
    [InlineData("llumnix gateway-key", "gateway-key")]
    public async Task Run_BadArgument_IsAShortMessageWithAHint(string command, params string[] args)
    {
        (int exitCode, string output, string errors) = await RunAsync(TestContext.Current.CancellationToken, args);
        Assert.Equal((2, ""), (exitCode, output));
        string[] lines = errors.TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, 2, 5);
        Assert.All(lines[..^1], static line => Assert.StartsWith("error: ", line, StringComparison.Ordinal));
        Assert.Equal($"Help: {command} --help", lines[^1]);
    }

    /// <summary>What is expected, in the user's words: no type of the program, and what was probably meant.</summary>
    [Theory]
    [InlineData("--rate must be a number from 0.001 to 100000, not \"x\"", "simulate", "--rate", "x")]
    [InlineData("--rate must be a number, not \"x\"", "demo", "--rate", "x")]
    [InlineData("--duration must be a number, not \"x\"", "demo", "--duration", "x")]
    [InlineData("--duration must be a number of seconds above 0, at most 86400, not -1", "demo", "--duration=-1")]
    [InlineData("--seed must be a whole number, not \"1.5\"", "demo", "--seed", "1.5")]
    [InlineData("--requests must be a whole number, 1 or above, not \"many\"", "simulate", "--requests", "many")]
    [InlineData("--once takes no value, or true or false, not \"x\"", "top", "--once=x")]
    [InlineData("--wait takes no value, or true or false, not \"x\"", "drain", "a", "--wait=x")]
    [InlineData("--once takes no value, or true or false, not \"x\"", "top", "--once", "x")]
    [InlineData("unknown option \"--jsno\"; did you mean --json?", "top", "--once", "--jsno")]
    [InlineData("unknown option \"--jsno\"; did you mean --json?", "drain", "--status", "--jsno")]
    [InlineData("unknown option \"-x\"", "top", "--once", "-x")]
    [InlineData("--once takes no value, or true or false, not \"-\"", "top", "--once", "-")]
    [InlineData("--version is an option of llumnix itself: llumnix --version", "simulate", "--version")]
    [InlineData("--scheduler must be host:port, http://host:port or https://host:port, not \"ftp://***@a:1\"", "explain", "--scheduler", "ftp://me:hunter2@a:1")]
    [InlineData("--timeout must be from 1 to", "drain", "a", "--timeout", "0")]
    [InlineData("--count must be from 1 to 1024 engines, not 0", "engine", "--count", "0")]
    [InlineData("--kv-capacity must be 16 tokens, one block, or more, not -5", "engine", "--kv-capacity", "-5")]
    [InlineData("--api-key must be printable ASCII characters without spaces, and not empty", "engine", "--api-key", "two words")]
    [InlineData("--api-key must be printable ASCII characters without spaces, and not empty", "engine", "--api-key", "")]
    [InlineData("--name must have 1 to 128 characters, not only spaces, not \"\"", "gateway-key", "--name", "")]
    [InlineData("--mode pd_staged needs --stage: prefill or decode", "explain", "--mode", "pd_staged")]
    [InlineData("--stage goes with --mode pd_staged", "explain", "--stage", "prefill")]
    [InlineData("--prompt-tokens must be 0 tokens or more, not -5", "explain", "--prompt-tokens", "-5")]
    [InlineData("--parallel must be 1 run or more, not 0", "simulate", "--parallel", "0")]
    [InlineData("--sort: \"runing\" is none of id, health, running, waiting, kv, flight, age; did you mean running?", "top", "--sort", "runing")]
    [InlineData("--policy: \"load-balanc\" is none of load-balance, flood, round-robin, slo; did you mean load-balance?", "demo", "--policy", "load-balanc")]
    [InlineData("--kv-capacity must be a whole number, 16 or above, not \"15\"", "simulate", "--kv-capacity", "15")]
    [InlineData("--html: there is no folder /nowhere/at/all", "demo", "--html", "/nowhere/at/all/report.html")]
    [InlineData("--json: there is no folder /nowhere/at/all", "demo", "--json", "/nowhere/at/all/report.json")]
    [InlineData("--html: there is no folder /nowhere/at/all", "simulate", "--html", "/nowhere/at/all/report.html")]
    [InlineData("--json: /tmp is a folder; the name of a file is needed", "simulate", "--json", "/tmp")]
    [InlineData("--ttft-output: there is no folder /nowhere", "profile", "--endpoint", "a:1", "--model", "m", "--ttft-output", "/nowhere/ttft.json")]
    [InlineData("--tpot-output: there is no folder /nowhere", "profile", "--endpoint", "a:1", "--model", "m", "--tpot-output", "/nowhere/tpot.json")]
    [InlineData("--into: there is no folder /nowhere", "profile", "--endpoint", "a:1", "--model", "m", "--into", "/nowhere/classes.yaml")]
    [InlineData("--json: there is no folder /nowhere", "profile", "--compare", "a:1", "--json", "/nowhere/comparison.json")]
    [InlineData("\"fish\" is none of bash, zsh", "completion", "fish")]
    [InlineData("unknown option \"--raet\"; did you mean --rate?", "demo", "--raet", "3")]
    [InlineData("unknown command \"simulat\"; did you mean simulate?", "simulat")]
    [InlineData("unknown option \"--raet\"; did you mean --rate?", "simulate", "--raet", "3")]
    [InlineData("--undo takes no value, or true or false, not \"x\"", "drain", "--undo=x")]
    [InlineData("unknown option \"--stauts\"; did you mean --status?", "drain", "--stauts")]
    [InlineData("unknown command \"dance\"", "dance")]
    [InlineData("--rate needs a value", "demo", "--rate")]
    [InlineData("a contestant with its flags is one argument, in quotes: 'slo: --scheduling-policy=slo'", "simulate", "--compare", "slo:", "--scheduling-policy=slo")]
    public async Task Run_BadArgument_SaysWhatIsExpected(string message, params string[] args)
    {
        (int exitCode, _, string errors) = await RunAsync(TestContext.Current.CancellationToken, args);
        Assert.Equal(2, exitCode);
        Assert.Contains(errors.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal) && line.Contains(message, StringComparison.Ordinal));
        Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Llumnix.", errors, StringComparison.Ordinal);
    }

    /// <summary>What the parser cannot know is told in its form.</summary>
    [Theory]
    [InlineData("--lite knows the policies load-balance and round-robin", "demo", "--lite", "--policy", "slo")]
    [InlineData("--cache-aware and --adaptive-pd exclude each other", "demo", "--cache-aware", "--adaptive-pd")]
    [InlineData("--lite and --adaptive-pd exclude each other", "demo", "--lite", "--adaptive-pd")]
    [InlineData("--trace: /nowhere/day.csv: there is no such file", "demo", "--trace", "/nowhere/day.csv")]
    [InlineData("/nowhere/scenario.yaml: there is no such file", "simulate", "/nowhere/scenario.yaml")]
    [InlineData("--token-file: the file \"/tmp\" cannot be read: it is a folder", "explain", "--token-file", "/tmp")]
    [InlineData("--rate must be a number of requests per second above 0, not -3", "demo", "--rate", "-3")]
    [InlineData("--rate, --duration and --speed make 2e+301 requests in a run; at most 1000000 can be played", "demo", "--rate", "1e300")]
    [InlineData("--duration must be a number of seconds above 0, at most 86400, not 1E+300", "demo", "--duration", "1e300")]
    [InlineData("--speed must be a number of times above 0, at most 10000, not 1E+300", "demo", "--speed", "1e300")]
    [InlineData("--ttft-slo must be a number of milliseconds above 0, at most 604800000, not 1E+300", "demo", "--ttft-slo", "1e300")]
    [InlineData("--tpot-slo must be a number of milliseconds above 0, at most 604800000, not 1E+300", "demo", "--tpot-slo", "1e300")]
    [InlineData("--timeout must be from 1 to 86400, not 2147483647", "profile", "--endpoint", "http://e", "--model", "m", "--timeout", "2147483647")]
    [InlineData("--engines must be from 1 to 256, and at least 2 where prefill and decode are split, not 0", "demo", "--engines", "0")]
    [InlineData("completion needs a shell, one of bash, zsh", "completion")]
    [InlineData("--rescheduling needs full mode", "demo", "--lite", "--rescheduling")]
    [InlineData("the name of the scenario's file is empty", "simulate", "")]
    [InlineData("a: --cms-redis-password=***: there is no such file", "simulate", "a: --cms-redis-password=hunter2")]
    [InlineData("--rate needs a value", "simulate", "--rate", "--html", "r.html", "--requests", "20")]
    [InlineData("--requests needs a value", "simulate", "--requests", "--engines=3")]
    [InlineData("--rate needs a value", "demo", "--rate", "--lite")]
    [InlineData("unknown option \"--nope\"; did you mean --mode?", "simulate", "--rate", "5", "--nope")]
    [InlineData("unknown option \"--sede\"; did you mean --seed?", "simulate", "--rate", "5", "--sede", "7", "--")]
    [InlineData("--mode must be one of neutral, pd_batch, pd_staged, not \"x\"", "simulate", "--mode", "x")]
    [InlineData("--port must be a port, from 0 to 65535, not 70000", "engine", "--port", "70000")]
    [InlineData("--host must be an IP address, not \"here\"", "engine", "--host", "here")]
    [InlineData("--host must be an IP address, not \"[::1]:8100\"", "engine", "--host", "[::1]:8100")]
    [InlineData("--token-file: the file \"/does/not/exist\" cannot be read: there is no such file", "explain", "--token-file", "/does/not/exist")]
    [InlineData("--token-file: the file \"/does/not/exist\" cannot be read: there is no such file", "top", "--token-file", "/does/not/exist")]
    [InlineData("--token-file: the file \"/does/not/exist\" cannot be read: there is no such file", "drain", "a", "--token-file", "/does/not/exist")]
    public async Task Run_OptionsThatDoNotFit_AreToldAsTheParserDoes(string message, params string[] args)
    {
        (int exitCode, string output, string errors) = await RunAsync(TestContext.Current.CancellationToken, args);
        Assert.Equal((2, "", $"error: {message}\nHelp: llumnix {args[0]} --help\n"), (exitCode, output, errors));
    }

    /// <summary>The only error, and no suggestion: one-letter names are near to any text of two characters.</summary>
    [Theory]
    [InlineData("--json takes no value here and prints to standard output: leave the \"-\" out", "top", "--json", "-")]
    [InlineData("--json takes no value here and prints to standard output: leave the \"-\" out", "top", "--json=-")]
    [InlineData("--json takes no value here and prints to standard output: leave the \"-\" out", "explain", "--json", "-")]
    [InlineData("--json takes no value here and prints to standard output: leave the \"-\" out", "drain", "a", "--json", "-")]
    [InlineData("--json takes no value here and prints to standard output: leave the \"-\" out", "drain", "--json", "-")]
    [InlineData("unknown argument \"-\"", "explain", "-")]
    [InlineData("unknown option \"-x\"", "top", "-x")]
    [InlineData("gateway-key needs --name", "gateway-key")]
    [InlineData("--seed takes one value, not 2", "demo", "--seed", "1", "--seed", "2")]
    public async Task Run_BadArgument_IsTheOnlyError(string message, params string[] args) => Assert.Equal(
        (2, "", $"error: {message}\nHelp: llumnix {args[0]} --help\n"), await RunAsync(TestContext.Current.CancellationToken, args));

    [Fact]
    public async Task Run_NoCommand_NamesSome() => Assert.Equal(
        (2, "", "error: a command is needed, such as serve, demo or simulate; llumnix --help has all of them\nHelp: llumnix --help\n"),
        await RunAsync(TestContext.Current.CancellationToken));

    /// <summary>The parser stops at a value that is no number; what is wrong with the others is told nevertheless.</summary>
    [Fact]
    public async Task Simulate_SeveralBadValues_AreToldTogether() => Assert.Equal(
        (2, "", """
            error: --rate must be a number from 0.001 to 100000, not "0"
            error: --rate must be a number from 0.001 to 100000, not "abc"
            error: --seeds must be a whole number from 1 to 1000, not "0"
            Help: llumnix simulate --help

            """),
        await RunAsync(TestContext.Current.CancellationToken, "simulate", "--rate", "0", "--rate", "abc", "--seeds", "0"));

    [Fact]
    public async Task Version_OfLlumnix_IsThatOfItsServers() => Assert.Equal(
        (0, $"llumnix {Llumnix.Server.Telemetry.BuildVersion.Version}\n", ""), await RunAsync(TestContext.Current.CancellationToken, "--version"));

    [Fact]
    public async Task Simulate_ReportThatIsNotThereYet_IsWritten()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llumnix-report-");
        try
        {
            string report = Path.Combine(folder.FullName, "report.html");
            (int exitCode, _, string errors) = await RunAsync(
                TestContext.Current.CancellationToken, "simulate", "--duration", "1", "--engines", "1", "--compare", "random", "--html", report);
            Assert.True(exitCode == 0, errors);
            Assert.True(File.Exists(report));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A crash that nothing follows would show nothing.</summary>
    [Fact]
    public async Task Demo_EngineIsKilledAfterTheLastRequestOfTheTrace_IsRefused()
    {
        string trace = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        await File.WriteAllTextAsync(
            trace, "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-01-01 00:00:00.000,10,2\n2026-01-01 00:00:03.000,10,2\n", TestContext.Current.CancellationToken);
        (int exitCode, string output, string errors) = await RunAsync(TestContext.Current.CancellationToken, "demo", "--trace", trace, "--speed", "2", "--kill-engine-after", "5");
        File.Delete(trace);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("--kill-engine-after must be below 1.5 seconds, when the last request arrives", errors, StringComparison.Ordinal);
    }

    /// <summary>One of the allowed values looks a little like it, and is not what was meant.</summary>
    [Fact]
    public async Task Run_ValueThatIsFarFromAll_OnlyTheAllowedOnesAreNamed()
    {
        (_, _, string errors) = await RunAsync(TestContext.Current.CancellationToken, "demo", "--policy", "foo");
        Assert.Equal("error: --policy: \"foo\" is none of load-balance, flood, round-robin, slo\nHelp: llumnix demo --help\n", errors);
    }

    [Fact]
    public async Task Run_UnknownCommand_IsTheOnlyError()
    {
        (_, _, string errors) = await RunAsync(TestContext.Current.CancellationToken, "server");
        Assert.Equal("error: unknown command \"server\"; did you mean serve?\nHelp: llumnix --help\n", errors);
    }

    /// <summary>Every option of every command, with a text that none of them takes.</summary>
    [Fact]
    public async Task Run_NonsenseForAnyOption_NamesNoTypeOfTheProgram()
    {
        foreach (Command command in Root.Create().Subcommands.Where(static command => command.Name is not ("serve" or "gateway" or "llumlet" or "scheduler" or "rescheduler" or "validate-config")))
        {
            // --when takes any text; what is wrong with it is known when the file is read.
            foreach (Option option in command.Options.Where(static option =>
                option.ValueType != typeof(string) && option.Name != "--when" && option is not System.CommandLine.Help.HelpOption))
            {
                (int exitCode, _, string errors) = await RunAsync(
                    TestContext.Current.CancellationToken, [command.Name, .. NeededBy(command.Name), $"{option.Name}=nonsense"]);
                Assert.True(exitCode == 2, $"{command.Name} {option.Name}: {exitCode}");
                Assert.Contains(option.Name, errors, StringComparison.Ordinal);
                Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
                Assert.DoesNotContain("Llumnix.", errors, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Arguments without which a command asks for them first.</summary>
    private static string[] NeededBy(string command) => command switch
    {
        "drain" => ["a"],
        "profile" => ["--endpoint", "http://127.0.0.1:9", "--model", "m"],
        _ => [],
    };

    [Fact]
    public async Task Run_Help_IsNoError()
    {
        (int exitCode, string output, string errors) = await RunAsync(TestContext.Current.CancellationToken, "explain", "--help");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("--prompt-tokens", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnexpectedError_IsAFailure()
    {
        var command = new Command("work");
        command.SetAction(static (_, _) => Task.FromException<int>(new InvalidOperationException("broken")));
        using var errors = new StringWriter();
        Assert.Equal(1, await CommandRunner.RunAsync([command], ["work"], TextWriter.Null, errors, TestContext.Current.CancellationToken));
        Assert.Contains("broken", errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("drain", "a")]
    [InlineData("drain", "a", "--wait")]
    [InlineData("drain", "a", "--undo")]
    [InlineData("top")]
    [InlineData("top", "--json")]
    public async Task Run_InterruptedWhileItWaits_Is130(params string[] args)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
        {
            await interrupt.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        Assert.Equal((130, "", "interrupted\n"), await RunAsync(interrupt.Token, [.. args, args[0] == "top" ? "--console" : "--scheduler", server.Url.ToString()]));
    }

    [Fact]
    public async Task Run_SimulationInterrupted_Is130()
    {
        using var interrupt = new CancellationTokenSource();
        await interrupt.CancelAsync();
        Assert.Equal((130, "", "interrupted\n"), await RunAsync(interrupt.Token, "simulate", "--duration", "5", "--compare", "random", "--json", "-"));
    }

    /// <summary>With <c>--json -</c> the output is JSON and nothing else.</summary>
    [Theory]
    [InlineData("runs", "simulate", "--duration", "5", "--compare", "random", "--json", "-")]
    [InlineData("policy", "demo", "--duration", "2", "--engines", "1", "--json", "-")]
    [InlineData("valid", "validate-config", "--json")]
    public async Task Process_Json_IsTheWholeOutput(string property, params string[] args)
    {
        using JsonDocument json = JsonDocument.Parse(await LlumnixProcess.ReadAsync(args));
        Assert.True(json.RootElement.TryGetProperty(property, out _));
    }

    [Theory]
    [InlineData("scheduler")]
    [InlineData("rescheduler")]
    [InlineData("serve")]
    [InlineData("gateway")]
    [InlineData("llumlet")]
    [InlineData("validate-config")]
    [InlineData("explain")]
    public async Task Process_UnknownFlag_Is2(string command) =>
        Assert.Equal(2, (await LlumnixProcess.RunAsync(command, "--no-such-flag")).ExitCode);

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        int exitCode = await CommandRunner.RunAsync(Root.Create(), args, output, errors, cancellation);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
