using System.Net;
using System.Text;
using Llumnix.Cli.Tests.Processes;
using Llumnix.EngineEmulator;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary><c>llumnix gateway</c> as a process of its own.</summary>
public sealed class GatewayProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_DiscoveryByEndpoints_ServesWithoutASchedulerAndEndsAtSigterm()
    {
        await using EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions(), Cancellation);
        using LlumnixProcess process = LlumnixProcess.Start(
            "gateway", "--host=127.0.0.1", "--llm-backend-discovery", "endpoints",
            FormattableString.Invariant($"--llm-backend-endpoints=127.0.0.1:{engines.Engines[0].Port}"),
            "--scheduler-endpoints=127.0.0.1:1", "--enable-full-mode-scheduling=false", "--tool-call-parser=",
            "--pd-disagg-protocol=", "--separate-pd-scheduling=false",
            "--port=1", "--extra-args", "port=0,tokenizer-name=");
        string started = await process.ReadStartAsync();
        Assert.Contains($" llumnix {Llumnix.Server.Telemetry.BuildVersion.Version} gateway: listening on http://127.0.0.1:", started, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new Uri(started.Split(' ')[^1] + "/") };
        using var body = new StringContent("""{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("chat/completions", body, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await process.TerminateAsync();
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    [Theory]
    [InlineData(true, "--scheduler-endpoints=")]
    [InlineData(false, "--scheduler-endpoints=127.0.0.1:1")]
    [InlineData(false, "--scheduling-policy=round-robin")]
    public async Task Start_NoScheduler_IsLogged(bool isLogged, string flag)
    {
        using LlumnixProcess process = LlumnixProcess.Start(
            "gateway", "--host=127.0.0.1", "--port=0", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:1", flag);
        bool isFound = false;
        string line;
        do
        {
            line = await process.ReadLineAsync();
            isFound |= line.EndsWith("no scheduler: the gateway chooses between two random engines by itself; --scheduler-endpoints names schedulers", StringComparison.Ordinal);
        }
        while (line.Length > 0 && !line.Contains("started with: ", StringComparison.Ordinal));
        Assert.NotEmpty(line);
        Assert.Equal(isLogged, isFound);
    }

    [Theory]
    [InlineData("--tokenizer-path /tokenizers/m", "--tokenizer-path: the engines tokenize")]
    [InlineData("--batch-oss-path=oss://a", "--batch-oss-path: the batch API is not built")]
    [InlineData("--scheduler-discovery=dns", "--scheduler-discovery: the value must be endpoints")]
    [InlineData("--scheduler-endpoints=a/b", "--scheduler-endpoints: the value must be")]
    [InlineData("--wait-scheduling-timeout=soon", "--wait-scheduling-timeout: the value must be")]
    [InlineData("--requests-report-duration=0", "--requests-report-duration: the value must be")]
    [InlineData("--llm-backend-discovery=endpoints", "--llm-backend-endpoints")]
    [InlineData("--discovery-redis-port=0", "--discovery-redis-port")]
    [InlineData("--service-token-file=/no/such/file", "--service-token-file: the file \"/no/such/file\" cannot be read")]
    [InlineData("--engine-idle-timeout=0", "--engine-idle-timeout: the value must be")]
    [InlineData("--extra-args=tokenizer-name=m", "tokenizer-name in --extra-args: the engines tokenize")]
    [InlineData("--extra-args=hunter2", "item 1 in --extra-args: name=value is expected")]
    [InlineData("--no-such-flag=1", "--no-such-flag")]
    [InlineData("--prompt-tokens=guess", "estimate")]
    [InlineData("--pd-disagg-protocol=vllm", "--pd-disagg-protocol: the value must be")]
    [InlineData("--separate-pd-scheduling=true", "--separate-pd-scheduling: has no meaning without --pd-disagg-protocol")]
    [InlineData("--pd-disagg-protocol=vllm-kvt --bootstrap-port=1", "--bootstrap-port: has no meaning with this --pd-disagg-protocol")]
    public async Task Start_BadOptions_EndsWithTheirNames(string args, string problem)
    {
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(["gateway", .. args.Split(' ')]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
    }
}
