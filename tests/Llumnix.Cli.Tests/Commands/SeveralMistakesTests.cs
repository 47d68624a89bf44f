using Llumnix.Cli.Commands;

namespace Llumnix.Cli.Tests.Commands;

/// <summary>A command line with several mistakes gets all of them told at once, and nothing that merely follows from them.</summary>
public sealed class SeveralMistakesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-mistakes-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(
        "demo --rate=-3 --tpot-slo 0 --engines 300 --console-port 70000 --kill-engine-after=-1",
        "--rate must be a number of requests per second above 0, not -3",
        "--engines must be from 1 to 256, and at least 2 where prefill and decode are split, not 300",
        "--kill-engine-after must be 0 seconds or more, not -1",
        "--tpot-slo must be a number of milliseconds above 0, at most 604800000, not 0",
        "--console-port must be a port, from 0 to 65535, not 70000")]
    [InlineData(
        "demo --rate NaN --duration NaN --speed Infinity --ttft-slo NaN --tpot-slo NaN --kill-engine-after NaN",
        "--duration must be a number of seconds above 0, at most 86400, not NaN",
        "--rate must be a number of requests per second above 0, not NaN",
        "--speed must be a number of times above 0, at most 10000, not Infinity",
        "--kill-engine-after must be 0 seconds or more, not NaN",
        "--ttft-slo must be a number of milliseconds above 0, at most 604800000, not NaN",
        "--tpot-slo must be a number of milliseconds above 0, at most 604800000, not NaN")]
    [InlineData(
        "demo --rate Infinity --kill-engine-after Infinity",
        "--rate must be a number of requests per second above 0, not Infinity",
        "--kill-engine-after must be 0 seconds or more, not Infinity")]
    [InlineData(
        "demo --rate 1e300 --kill-engine-after 1e300",
        "--kill-engine-after must be below 20 seconds, half of --duration, the length of a run",
        "--rate, --duration and --speed make 2e+301 requests in a run; at most 1000000 can be played")]
    [InlineData(
        "demo --lite --adaptive-pd --cache-aware --rescheduling --pd-protocol vllm-kvt",
        "--cache-aware and --adaptive-pd exclude each other",
        "--lite and --adaptive-pd exclude each other",
        "--cache-aware needs --policy load-balance in full mode",
        "--rescheduling needs full mode",
        "--pd-protocol vllm-kvt needs --mode pd_batch")]
    [InlineData(
        "demo --adaptive-pd --mode neutral --policy flood --engines 1 --kill-engine-after 1",
        "--engines must be at least 2 where prefill and decode are split, not 1",
        "--adaptive-pd needs --mode pd_staged or pd_batch, not neutral",
        "--adaptive-pd needs --policy slo")]
    [InlineData(
        "demo --lite --policy slo --engines 1 --kill-engine-after 30 --duration 50",
        "--kill-engine-after needs a second engine",
        "--lite knows the policies load-balance and round-robin",
        "--kill-engine-after must be below 25 seconds, half of --duration, the length of a run")]
    // Half of no duration is no bound, and what 1e300 requests are with an unknown policy is not asked.
    [InlineData(
        "demo --duration x --policy fast --kill-engine-after 1000 --lite --rescheduling --seed 1.5",
        "--duration must be a number, not \"x\"",
        "--policy: \"fast\" is none of load-balance, flood, round-robin, slo",
        "--seed must be a whole number, not \"1.5\"",
        "--rescheduling needs full mode")]
    [InlineData(
        "demo --trace /nowhere/day.csv --rate 3 --lite --rescheduling --kill-engine-after 1",
        "--trace: /nowhere/day.csv: there is no such file",
        "--rescheduling needs full mode",
        "--rate is for the built-in workload; with --trace use --speed")]
    [InlineData(
        "demo --trace  --rate=-1",
        "--rate must be a number of requests per second above 0, not -1",
        "--trace: the name of a file is needed",
        "--rate is for the built-in workload; with --trace use --speed")]
    [InlineData(
        "demo --lite --rescheduling --raet 3 --engines 0",
        "unknown option \"--raet\"; did you mean --rate?",
        "--engines must be from 1 to 256, and at least 2 where prefill and decode are split, not 0",
        "--rescheduling needs full mode")]
    [InlineData(
        "engine --host here --served-models , --data-parallel-size 2 --infer-type prefill --port 65535 --count 3 --advertised-ip a,b",
        "--host must be an IP address, not \"here\"",
        "--advertised-ip must be an IP address or the name of a host, not \"a,b\"",
        "--served-models names no model",
        "--port must leave a port, up to 65535, for each engine (3), not 65535",
        "--data-parallel-size above 1 is for plain engines: neutral ones without --cms-redis")]
    [InlineData(
        "engine --port 70000 --count 0 --ttft-profiling-data-path /nowhere/ttft.json --kv-capacity 1",
        "--count must be from 1 to 1024 engines, not 0",
        "--port must be a port, from 0 to 65535, not 70000",
        "--ttft-profiling-data-path: /nowhere/ttft.json: there is no such file",
        "--kv-capacity must be 16 tokens, one block, or more, not 1",
        "--ttft-profiling-data-path and --tpot-profiling-data-path go together")]
    [InlineData(
        "engine --ttft-profiling-data-path /nowhere/ttft.json --tpot-profiling-data-path /tmp --host x",
        "--host must be an IP address, not \"x\"",
        "--ttft-profiling-data-path: /nowhere/ttft.json: there is no such file",
        "--tpot-profiling-data-path: /tmp: is a folder")]
    [InlineData(
        "engine --cms-redis foo:bar --discovery-redis :99999 --discovery-etcd http://me:hunter2@a:x --data-parallel-size 2",
        "--cms-redis must be host:port[,password=...], not \"foo:bar\"",
        "--discovery-redis must be host:port[,password=...], not \":99999\"",
        "--discovery-etcd must be host:port, http://host:port or https://host:port, separated by commas, not \"http://***@a:x\"",
        "--data-parallel-size above 1 is for plain engines: neutral ones without --cms-redis",
        "--discovery-redis and --discovery-etcd exclude each other")]
    [InlineData(
        "explain --mode pd_staged --prompt-tokens -5 --token-file /nowhere/token --scheduler ftp://a",
        "--scheduler must be host:port, http://host:port or https://host:port, not \"ftp://a\"",
        "--token-file: the file \"/nowhere/token\" cannot be read: there is no such file",
        "--prompt-tokens must be 0 tokens or more, not -5",
        "--mode pd_staged needs --stage: prefill or decode")]
    [InlineData(
        "drain --wait --undo --timeout 0 --token-file /tmp --scope rack",
        "--scope: \"rack\" is none of instance, node, unit, label",
        "--timeout must be from 1 to 604800 seconds, not 0",
        "--token-file: the file \"/tmp\" cannot be read: it is a folder",
        "--wait, --undo and --status exclude each other",
        "a name is needed, by the command line or LLUMNIX_DRAIN_NAME, except with --status")]
    [InlineData(
        "profile --json /nowhere/r.json --token-file /nowhere/token --repeats 0 --class a --prompt-tokens 0",
        "--prompt-tokens must be whole numbers of 1 or above with commas between, not \"0\"",
        "--repeats must be from 1 to 1000000, not 0",
        "--token-file: the file \"/nowhere/token\" cannot be read: there is no such file",
        "--json: there is no folder /nowhere",
        "--endpoint and --model are needed to measure an engine; --compare asks a scheduler",
        "--token-file needs --compare",
        "--json needs --compare",
        "--into FILE and --class NAME go together, and --when with them")]
    [InlineData(
        "profile --compare ftp://a --endpoint b:1 --timeout 0 --when node --when =x",
        "--when must be key=pattern, not \"node\"",
        "--when must be key=pattern, not \"=x\"",
        "--timeout must be from 1 to 86400, not 0",
        "--compare must be host:port, http://host:port or https://host:port, not \"ftp://a\"",
        "--compare measures no engine: leave --endpoint out")]
    // A class and its conditions are looked into whatever is wrong with the file; that these three go together is told beside what is wrong with one of them.
    [InlineData(
        "profile --endpoint 127.0.0.1:1 --model  --class  --when foo",
        "--model must be the name of a model, not empty",
        "--class must be 1 to 64 letters, digits, dots, hyphens and underscores, not \"\"",
        "--when must be key=pattern, not \"foo\"",
        "--into FILE and --class NAME go together, and --when with them")]
    [InlineData(
        "profile --endpoint 127.0.0.1:1 --model m --into /nowhere/c.yaml --class a:b --when rack=1 --when node=",
        "--into: there is no folder /nowhere",
        "--class must be 1 to 64 letters, digits, dots, hyphens and underscores, not \"a:b\"",
        "--when: \"rack\" is not a condition; the conditions are instance, node, unit, model, infer_type, backend, tensor_parallel, data_parallel, block_size, labels.KEY",
        "--when must be key=pattern, not \"node=\"")]
    [InlineData(
        "profile --endpoint 127.0.0.1:1 --model= --class= --when foo",
        "--model must be the name of a model, not empty",
        "--class must be 1 to 64 letters, digits, dots, hyphens and underscores, not \"\"",
        "--when must be key=pattern, not \"foo\"",
        "--into FILE and --class NAME go together, and --when with them")]
    // Whether such a switch was meant is not known, and so nothing of what it has to do with others.
    [InlineData(
        "drain --wait --status=maybe --timeout 0",
        "--status takes no value, or true or false, not \"maybe\"",
        "--timeout must be from 1 to 604800 seconds, not 0")]
    [InlineData(
        "demo --lite=x --adaptive-pd=no --cache-aware --kill-engine-after=-1",
        "--lite takes no value, or true or false, not \"x\"",
        "--adaptive-pd takes no value, or true or false, not \"no\"",
        "--kill-engine-after must be 0 seconds or more, not -1")]
    [InlineData(
        "drain --json=maybe a --wait --undo",
        "--json takes no value, or true or false, not \"maybe\"",
        "--wait, --undo and --status exclude each other")]
    [InlineData(
        "demo --lite x --rescheduling",
        "--lite takes no value, or true or false, not \"x\"")]
    [InlineData(
        "demo --lite=true --rescheduling",
        "--rescheduling needs full mode")]
    [InlineData(
        "top --console ftp://a --token-file /nowhere/token --sort size",
        "--console must be host:port, http://host:port or https://host:port, not \"ftp://a\"",
        "--token-file: the file \"/nowhere/token\" cannot be read: there is no such file",
        "--sort: \"size\" is none of id, health, running, waiting, kv, flight, age")]
    public async Task Run_SeveralMistakes_AreAllTold(string line, params string[] messages) => await AssertToldAsync(line.Split(' '), messages);

    [Fact]
    public async Task Demo_BadRowsOfATrace_AreToldWithTheOptions()
    {
        string trace = Write("day.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-01-01 00:00:00.000,x,2\n2026-01-01 00:00:01.000,10,y\n");
        (_, _, string errors) = await RunAsync("demo", "--trace", trace, "--lite", "--rescheduling", "--kill-engine-after", "5");
        string[] lines = errors.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal("error: --rescheduling needs full mode", lines[0]);
        Assert.StartsWith($"error: --trace: {trace}:2: ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"error: --trace: {trace}:3: ", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_CrashAfterTheLastRequest_IsToldWithTheOptions()
    {
        string trace = Write("day.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-01-01 00:00:00.000,10,2\n2026-01-01 00:00:03.000,10,2\n");
        await AssertToldAsync(
            ["demo", "--trace", trace, "--kill-engine-after", "5", "--lite", "--rescheduling", "--tpot-slo", "0"],
            [
                "--tpot-slo must be a number of milliseconds above 0, at most 604800000, not 0",
                "--rescheduling needs full mode",
                "--kill-engine-after must be below 3 seconds, when the last request arrives: a crash after it would show nothing",
            ]);
    }

    [Fact]
    public async Task Engine_BothTablesUnusable_AreBothTold()
    {
        (string prefill, string decode) = (Write("ttft.json", "{}"), Write("tpot.json", "["));
        (int exitCode, _, string errors) = await RunAsync("engine", "--ttft-profiling-data-path", prefill, "--tpot-profiling-data-path", decode);
        string[] lines = errors.TrimEnd('\n').Split('\n');
        Assert.Equal((2, 3), (exitCode, lines.Length));
        Assert.StartsWith($"error: --ttft-profiling-data-path: {prefill}", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"error: --tpot-profiling-data-path: {decode}", lines[1], StringComparison.Ordinal);
    }

    /// <summary>Each of its lines by itself.</summary>
    [Fact]
    public async Task Engine_TableWithSeveralBadRows_AllAreTold()
    {
        string table = Write("ttft.json", """{"results":[{"tokens_num":0,"p50":1},{"tokens_num":2,"p50":-1}]}""");
        (int exitCode, _, string errors) = await RunAsync("engine", "--ttft-profiling-data-path", table, "--tpot-profiling-data-path", table);
        string[] lines = errors.TrimEnd('\n').Split('\n')[..^1];
        Assert.Equal(2, exitCode);
        Assert.Equal(2, lines.Count(line => line.StartsWith($"error: --ttft-profiling-data-path: {table}: ", StringComparison.Ordinal)));
        Assert.All(lines, static line => Assert.StartsWith("error: --", line, StringComparison.Ordinal));
    }

    /// <summary>A file of classes that is none, and a class that is not in it.</summary>
    [Fact]
    public async Task Profile_FileOfClasses_IsToldWithTheOptions()
    {
        await AssertToldAsync(
            ["profile", "--into", Path.Combine(_folder.FullName, "new.yaml"), "--class", "a", "--repeats", "0"],
            [
                "--repeats must be from 1 to 1000000, not 0",
                "--endpoint and --model are needed to measure an engine; --compare asks a scheduler",
                $"class a is new in {Path.Combine(_folder.FullName, "new.yaml")}: say which instances it is for by --when, for example --when 'node=gpu-h20-*'",
            ]);
        (int exitCode, _, string errors) = await RunAsync("profile", "--into", Write("classes.yaml", "classes: 3\n"), "--class", "a", "--json", "-");
        string[] lines = errors.TrimEnd('\n').Split('\n');
        Assert.Equal((2, 4), (exitCode, lines.Length));
        Assert.StartsWith($"error: --into: {Path.Combine(_folder.FullName, "classes.yaml")}", lines[2], StringComparison.Ordinal);
    }

    /// <summary>A file that is none is told with a class and conditions that are none.</summary>
    [Fact]
    public async Task Profile_UnusableFileOfClasses_HidesNothing()
    {
        string file = Write("classes.json", "{}");
        (int exitCode, _, string errors) = await RunAsync("profile", "--endpoint", "http://127.0.0.1:28100", "--model", "", "--into", file, "--class", "", "--when", "node=");
        string[] lines = errors.TrimEnd('\n').Split('\n');
        Assert.Equal((2, 5), (exitCode, lines.Length));
        Assert.Equal(
            [
                "error: --class must be 1 to 64 letters, digits, dots, hyphens and underscores, not \"\"",
                "error: --model must be the name of a model, not empty",
                "error: --when must be key=pattern, not \"node=\"",
            ],
            lines[..3].Order(StringComparer.Ordinal));
        Assert.StartsWith($"error: --into: {file}:", lines[3], StringComparison.Ordinal);
    }

    /// <summary>Two outputs in one file would leave one of them.</summary>
    [Theory]
    [InlineData("demo --json F/r --html F/./r --rate=-1", "--rate must be a number of requests per second above 0, not -1", "--json and --html name the same file, F/r; each needs its own")]
    [InlineData("demo --json F/r --html F/link --tpot-slo 0", "--tpot-slo must be a number of milliseconds above 0, at most 604800000, not 0", "--json and --html name the same file, F/r; each needs its own")]
    [InlineData("simulate --json F/r --html F/folder/r --engines x", "--engines must be a whole number from 1 to 10000, not \"x\"", "--json and --html name the same file, F/r; each needs its own")]
    [InlineData("profile --model m --ttft-output F/r --tpot-output F/r", "--endpoint and --model are needed to measure an engine; --compare asks a scheduler", "--ttft-output and --tpot-output name the same file, F/r; each needs its own")]
    [InlineData("profile --model m --tpot-output ttft.json", "--endpoint and --model are needed to measure an engine; --compare asks a scheduler", "--ttft-output and --tpot-output name the same file, ttft.json; each needs its own")]
    [InlineData(
        "profile --model m --tpot-output F/c.yaml --into F/c.yaml --class a --when node=1",
        "--endpoint and --model are needed to measure an engine; --compare asks a scheduler",
        "--tpot-output and --into name the same file, F/c.yaml; each needs its own")]
    public async Task Outputs_OfOneFile_AreRefused(string line, params string[] messages)
    {
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "link"), "r");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "folder"), _folder.FullName);
        await AssertToldAsync(
            [.. line.Split(' ').Select(part => part.Replace("F/", _folder.FullName + "/", StringComparison.Ordinal))],
            [.. messages.Select(message => message.Replace("F/", _folder.FullName + "/", StringComparison.Ordinal))]);
    }

    /// <summary>What goes nowhere, or to the terminal, may come from several options.</summary>
    [Fact]
    public async Task Outputs_OfNoFile_AreNotRefused() =>
        await AssertToldAsync(["demo", "--json", "/dev/null", "--html", "/dev/null", "--rate=-1"], ["--rate must be a number of requests per second above 0, not -1"]);

    [Fact]
    public async Task Outputs_OverWhatIsRead_AreRefused()
    {
        string trace = Write("day.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-01-01 00:00:00.000,10,2\n");
        string table = Write("t.json", """{"results":[{"tokens_num":1,"p50":1}]}""");
        string scenario = Write("s.yaml", $"workload:\n  trace: day.csv\nmode: neutral\n");
        await AssertToldAsync(["demo", "--trace", trace, "--json", trace, "--rate=3"], ["--rate is for the built-in workload; with --trace use --speed", Over("--json", "--trace", trace)]);
        await AssertToldAsync(["simulate", scenario, "--json", scenario], [Over("--json", "the scenario", scenario)]);
        await AssertToldAsync(["simulate", scenario, "--html", trace], [Over("--html", "the trace", trace)]);
        (_, _, string errors) = await RunAsync("simulate", scenario, "--ttft-profile", table, "--html", table);
        Assert.Contains($"error: {Over("--html", "a table of step times", table)}\n", errors, StringComparison.Ordinal);
        (_, _, errors) = await RunAsync("simulate", scenario, "--json", table, "--compare", $"slo: --ttft-profiling-data-path={table}");
        Assert.Contains($"error: {Over("--json", "a table of slo", table)}\n", errors, StringComparison.Ordinal);
        await AssertToldAsync(["profile", "--compare", "127.0.0.1:1", "--token-file", table, "--json", table], [Over("--json", "--token-file", table)]);
        Assert.StartsWith("workload:", await File.ReadAllTextAsync(scenario, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "must be host:port[,password=...], not \"\"")]
    [InlineData("127.0.0.1:1,foo=bar", "has the option \"foo\", which is unknown, is not supported here or cannot have this value; it must be host:port[,password=...]")]
    [InlineData("127.0.0.1:70000,password=hunter2", "must be host:port[,password=...], not \"127.0.0.1:70000,password=***\"")]
    public async Task Engine_BadRedis_IsToldForEachOption(string address, string problem) => await AssertToldAsync(
        ["engine", "--cms-redis", address, "--discovery-redis", address, "--host", "x"],
        ["--host must be an IP address, not \"x\"", $"--cms-redis {problem}", $"--discovery-redis {problem}"]);

    private static string Over(string output, string input, string path) => $"{output} and {input} name the same file, {path}; what is read would be overwritten";

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task AssertToldAsync(string[] args, string[] messages)
    {
        (int exitCode, string output, string errors) = await RunAsync(args);
        Assert.Equal([.. messages.Select(static message => $"error: {message}"), $"Help: llumnix {args[0]} --help"], errors.TrimEnd('\n').Split('\n'));
        Assert.Equal((2, ""), (exitCode, output));
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        int exitCode = await CommandRunner.RunAsync(Root.Create(), args, output, errors, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
