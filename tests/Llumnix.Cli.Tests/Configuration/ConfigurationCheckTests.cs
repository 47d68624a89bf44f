using System.Text.Json;
using Llumnix.Cli.Configuration;
using Llumnix.Cli.Tests.Processes;

namespace Llumnix.Cli.Tests.Configuration;

public sealed class ConfigurationCheckTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-check-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Run_Defaults_AreValid() => Assert.Equal((0, "valid\n"), Run());

    [Fact]
    public void Run_Valid_TellsWhatDiffersFromTheDefaults() =>
        Assert.Equal((0, "port=9000 (--port)\nvalid\n"), Run("--port", "9000"));

    [Fact]
    public void Run_JsonOfAValidConfiguration_TellsWhatDiffersFromTheDefaults()
    {
        (int exitCode, string output) = Run("--json", "--port", "9000");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((0, true, "scheduler"), (exitCode, json.GetProperty("valid").GetBoolean(), json.GetProperty("program").GetString()));
        Assert.Equal("""{"name":"port","value":"9000","source":"--port"}""", JsonSerializer.Serialize(Assert.Single(json.GetProperty("options").EnumerateArray())));
    }

    [Fact]
    public void Run_JsonOfABrokenConfiguration_NamesTheProblems()
    {
        (int exitCode, string output) = Run("gateway", "--prot", "1", "--json");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((2, false, "gateway"), (exitCode, json.GetProperty("valid").GetBoolean(), json.GetProperty("program").GetString()));
        Assert.Contains(json.GetProperty("errors").EnumerateArray(), static error => error.GetProperty("source").GetString() == "--prot");
        Assert.Empty(json.GetProperty("options").EnumerateArray());
    }

    /// <summary>Such replicas would tell their placements to nobody.</summary>
    [Fact]
    public void Run_PortForReplicasThatNobodyFinds_IsAWarning() =>
        Assert.Contains("warning: --ha-port: tells nobody of placements without --ha-peers, or --ha-lease", Run("--ha-port", "8003").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData(true, "gateway")]
    [InlineData(false, "gateway", "--scheduler-endpoints=a:1")]
    [InlineData(false, "gateway", "--scheduling-policy=round-robin")]
    public void Run_GatewayWithoutScheduler_IsAWarning(bool isWarned, params string[] args)
    {
        (int exitCode, string output) = Run(args);
        Assert.Equal(0, exitCode);
        Assert.Equal(
            isWarned,
            output.Contains("warning: --scheduler-endpoints (default): names no scheduler: the gateway chooses between two random engines by itself\n", StringComparison.Ordinal));
        Assert.Equal(isWarned, output.Contains("warning:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("load-balanc", true)]
    [InlineData("slo", false)]
    [InlineData("round-robin", false)]
    public void Run_GatewayWithAPolicyThatNobodyHas_IsAWarning(string policy, bool isWarned)
    {
        (int exitCode, string output) = Run("gateway", "--scheduler-endpoints=a:1", $"--scheduling-policy={policy}");
        Assert.Equal(0, exitCode);
        Assert.Equal(isWarned, output.Contains("warning: --scheduling-policy: is no policy that schedulers have; only round-robin makes a difference to the gateway\n", StringComparison.Ordinal));
        Assert.Equal(isWarned, output.Contains("warning:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_TelemetryOfTheEnvironment_AllProblemsAreWarnings()
    {
        var environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "json",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "soon",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1",
        };
        foreach (string program in new[] { "scheduler", "serve --engines=http://a", "gateway --llm-backend-discovery=endpoints --llm-backend-endpoints=a:1", "llumlet --engine=http://127.0.0.1:1 --cms-redis-host=127.0.0.1" })
        {
            using LlumnixProcess process = LlumnixProcess.Start(environment, ["validate-config", .. program.Split(' ')]);
            var lines = new List<string>();
            while (await process.ReadLineAsync() is { Length: > 0 } line)
            {
                lines.Add(line);
            }

            Assert.Equal(0, await process.WaitForExitAsync());
            Assert.Contains("warning: environment variable OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL with http or https, and without a user", lines);
            Assert.Contains("warning: environment variable OTEL_EXPORTER_OTLP_PROTOCOL: must be grpc or http/protobuf", lines);
            Assert.Contains("warning: environment variable OTEL_EXPORTER_OTLP_TIMEOUT: must be a whole number of milliseconds, 1 or more", lines);
            Assert.Contains("warning: environment variable OTEL_METRIC_EXPORT_INTERVAL: must be a whole number of milliseconds, 1000 or more", lines);
        }
    }

    [Theory]
    [InlineData("serve", "--engines=http://a")]
    [InlineData("gateway", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=a:1")]
    [InlineData("scheduler", "--status-source=engines", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=a:1")]
    [InlineData("llumlet", "--engine=http://127.0.0.1:1")]
    public void Run_KeyOfEnginesThatCannotBeRead_IsAnError(params string[] args)
    {
        (int exitCode, string output) = Run([.. args, "--engine-api-key-file=/nonexistent/key"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("error: --engine-api-key-file: the file \"/nonexistent/key\" cannot be read: there is no such file", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Help_TellsWhereTheFlagsAre() => Assert.Contains("llumnix scheduler --help", Run("--help").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("--cms-redis-hots: unknown", "--cms-redis-hots", "redis")]
    [InlineData("--port: ", "--port", "99999")]
    [InlineData("\"load-balanced\" is no policy of full mode; the nearest is load-balance", "--scheduling-policy", "load-balanced")]
    [InlineData("\"kv_usage\" is no metric of full mode", "--dispatch-decode-load-metric", "kv_usage")]
    [InlineData("--enable-adaptive-pd: needs --scheduling-policy slo", "--enable-adaptive-pd")]
    [InlineData("required by --scheduling-policy slo", "--scheduling-policy", "slo")]
    [InlineData("required by --llm-backend-discovery endpoints", "--enable-full-mode-scheduling=false", "--llm-backend-discovery", "endpoints")]
    [InlineData("--cms-redis-ca-file: needs --cms-redis-tls", "--cms-redis-ca-file", "/nonexistent")]
    [InlineData("required by --kvs-backend v6d", "--enable-cache-aware-scheduling", "--kvs-backend", "v6d")]
    [InlineData("--tpot-migrate-out-floor-threshold: must be below --tpot-migrate-out-ceil-threshold",
        "--scheduling-policy", "slo", "--enable-adaptive-pd", "--tpot-migrate-out-floor-threshold", "0.99")]
    [InlineData("/nonexistent/ttft.json: ", "--scheduling-policy", "slo", "--ttft-profiling-data-path", "/nonexistent/ttft.json")]
    [InlineData("--config: ", "--config", "/nonexistent/scheduler.yaml")]
    public void Run_Broken_NamesTheProblem(string problem, params string[] args)
    {
        (int exitCode, string output) = Run(args);
        Assert.Equal(2, exitCode);
        Assert.Contains(output.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal) && line.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Run_SeveralProblems_NamesThemAllAtOnce()
    {
        string ttft = Write("ttft.json", """{"results":[{"tokens_num":1,"p50":-1}]}""");
        string tpot = Write("tpot.json", """{"results":[]}""");
        (int exitCode, string output) = Run(
            "--scheduling-policy", "slo", "--ttft-profiling-data-path", ttft, "--tpot-profiling-data-path", tpot, "--ttft-slo", "-1", "--prot", "1");
        Assert.Equal(2, exitCode);
        Assert.Contains(ttft, output, StringComparison.Ordinal);
        Assert.Contains(tpot, output, StringComparison.Ordinal);
        Assert.Contains("--ttft-slo: ", output, StringComparison.Ordinal);
        Assert.Contains("--prot: ", output, StringComparison.Ordinal);
        Assert.EndsWith("4 errors: the scheduler would not start\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TableWithMissingCells_IsAWarning()
    {
        string ttft = Write("ttft.json", """{"results":[{"tokens_num":1,"p50":1},{"tokens_num":9,"p50":2}]}""");
        string tpot = Write("tpot.json", """
            {"results":[{"batch_size":1,"tokens_per_request":8,"p50":1},{"batch_size":1,"tokens_per_request":9,"p50":2},{"batch_size":2,"tokens_per_request":8,"p50":3}]}
            """);
        (int exitCode, string output) = Run("--scheduling-policy", "slo", "--ttft-profiling-data-path", ttft, "--tpot-profiling-data-path", tpot);
        Assert.Equal(0, exitCode);
        Assert.Contains("warning: --tpot-profiling-data-path: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_CertificateFileWithoutCertificates_IsNamed()
    {
        string file = Write("ca.pem", "nothing");
        (int exitCode, string output) = Run("--cms-redis-tls", "--cms-redis-ca-file", file);
        Assert.Equal(2, exitCode);
        Assert.Contains("error: --cms-redis-ca-file: no certificate is in the file \"/", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cms-redis-tls", "--cms-redis-ca-file", "hunter2")]
    [InlineData("--tls-cert-file", "hunter2", "--tls-key-file", "hunter2")]
    [InlineData("--metrics-token-file", "hunter2")]
    [InlineData("--redis-pasword=hunter2")]
    [InlineData("--port", "hunter2", "--service-token", "hunter2")]
    public void Run_MisplacedSecret_IsNotRepeated(params string[] args)
    {
        (int exitCode, string output) = Run(args);
        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("argument 1", "\"gatewy\" names none of the programs scheduler, rescheduler, serve, gateway and llumlet", "gatewy", "--port", "9000")]
    [InlineData("argument 1", "\"gatewy\" names none of the programs scheduler, rescheduler, serve, gateway and llumlet", "gatewy", "--fleet")]
    [InlineData("--fleet", "goes with the scheduler and the rescheduler, which read a CMS", "gateway", "--fleet")]
    public async Task Run_NothingToCheck_IsToldAsOtherCommandsDo(string source, string message, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        Assert.Equal(2, await ConfigurationCheck.RunAsync(args, output, errors, TestContext.Current.CancellationToken));
        Assert.Equal(("", $"error: {source}: {message}\nHelp: llumnix validate-config --help\n"), (output.ToString(), errors.ToString()));

        (int exitCode, string text) = Run([.. args, "--json"]);
        JsonElement json = JsonDocument.Parse(text).RootElement;
        Assert.Equal((2, false, args[0]), (exitCode, json.GetProperty("valid").GetBoolean(), json.GetProperty("program").GetString()));
        JsonElement error = Assert.Single(json.GetProperty("errors").EnumerateArray());
        Assert.Equal((source, message), (error.GetProperty("source").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal(
            JsonDocument.Parse(Run("gateway", "--prot", "1", "--json").Output).RootElement.EnumerateObject().Select(static member => member.Name),
            json.EnumerateObject().Select(static member => member.Name));
    }

    [Theory]
    [InlineData("valid\n", "serve", "--engines", "http://a:8000")]
    [InlineData("valid\n", "gateway")]
    [InlineData("valid\n", "llumlet", "--engine", "http://a:8000")]
    [InlineData("port=9000 (--port)\nvalid\n", "scheduler", "--port", "9000")]
    [InlineData("standalone-rescheduling-mode=true (--standalone-rescheduling-mode)\nvalid\n", "rescheduler")]
    [InlineData("port=9000 (--port)\nvalid\n", "gateway", "--port", "9000")]
    public void Run_ProgramThatWouldStart_IsValid(string output, params string[] args)
    {
        (int exitCode, string text) = Run(args);
        Assert.Equal(0, exitCode);
        Assert.EndsWith(output, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 error: llumnix serve would not start", "--engines (default): names no engine", "serve")]
    [InlineData("1 error", "--engine: who reads the CMS at redis does not reach the engine as 127.0.0.1; give its address with --advertised-ip", "llumlet", "--engine=http://127.0.0.1:1")]
    [InlineData("1 error", "--advertised-ip: who reads the CMS at redis does not reach the engine as 127.0.0.2\n", "llumlet", "--engine=http://127.0.0.1:1", "--advertised-ip=127.0.0.2")]
    [InlineData("1 error", "--advertised-ip: the value must be an IP address", "llumlet", "--engine=http://10.0.0.1:1", "--advertised-ip=foo")]
    [InlineData("1 error: llumnix rescheduler would not start", "--prot: unknown", "rescheduler", "--prot=1")]
    [InlineData("1 error: llumnix gateway would not start", "--prot: unknown", "gateway", "--prot=1")]
    [InlineData("1 error", "--tokenizer-path: the engines tokenize", "gateway", "--tokenizer-path=/a")]
    [InlineData("1 error", "--route-config: route 1: ", "gateway", "--route-policy=weight", "--route-config=[{\"base_url\":\"hunter2\"}]")]
    [InlineData("1 error", "--route-config-file: the file \"/no/such\" cannot be read: there is no such file", "serve", "--engines=http://a", "--route-config-file=/no/such")]
    [InlineData("1 error", "--api-key-file: the file \"/no/such\" cannot be read: there is no such file", "serve", "--engines=http://a", "--api-key-file=/no/such")]
    [InlineData("1 error", "--mirror-config-file: the file \"mirror.json\" cannot be read: there is no such file", "gateway", "--mirror-config-file=mirror.json")]
    [InlineData("2 errors", "--tls-cert-file: the file \"/no/cert.pem\" cannot be read: there is no such file\nerror: --tls-key-file: the file \"/no/key.pem\" cannot be read: there is no such file\n", "gateway", "--tls-cert-file=/no/cert.pem", "--tls-key-file=/no/key.pem")]
    [InlineData("1 error", "--discovery-redis-ca-file: the file \"/no/ca.pem\" cannot be used: there is no such file", "gateway", "--discovery-redis-tls", "--discovery-redis-ca-file=/no/ca.pem")]
    public void Run_ProgramThatWouldNotStart_NamesTheProblem(string end, string problem, params string[] args)
    {
        (int exitCode, string output) = Run(args);
        Assert.Equal(2, exitCode);
        Assert.Contains("error: " + problem, output, StringComparison.Ordinal);
        Assert.Contains(end, output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BadContentOfGatewayFiles_IsToldWithoutIt()
    {
        string keys = Write("keys.json", """{"keys":"hunter2"}""");
        string mirror = Write("mirror.json", """{"Target":"hunter2","Ratio":"hunter2"}""");
        (int exitCode, string output) = Run("gateway", "--api-key-file", keys, "--mirror-config-file", mirror);
        Assert.Equal(2, exitCode);
        Assert.Contains("error: --api-key-file: ", output, StringComparison.Ordinal);
        Assert.Contains("error: --mirror-config-file: Ratio must be", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static (int ExitCode, string Output) Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Task<int> check = ConfigurationCheck.RunAsync(args, output, TextWriter.Null, TestContext.Current.CancellationToken);
        Assert.True(check.IsCompletedSuccessfully); // Without --fleet nothing is waited for.
        return (check.Result, output.ToString());
    }
}
