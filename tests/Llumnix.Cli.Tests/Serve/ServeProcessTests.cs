using System.Net;
using System.Text;
using Llumnix.Cli.Tests.Processes;
using Llumnix.EngineEmulator;

namespace Llumnix.Cli.Tests.Serve;

/// <summary><c>llumnix serve</c> as a process of its own.</summary>
public sealed class ServeProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sigterm_StreamUnderWay_EndsAsItShouldAndTheExitCodeIsZero()
    {
        await using EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions(), Cancellation);
        using LlumnixProcess process = LlumnixProcess.Start("serve", "--port=0", FormattableString.Invariant($"--engines=http://127.0.0.1:{engines.Engines[0].Port}"));
        string started = await process.ReadStartAsync();
        Assert.Contains($" llumnix {Llumnix.Server.Telemetry.BuildVersion.Version} serve: listening on http://127.0.0.1:", started, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new Uri(started.Split(' ')[^1] + "/") };
        using var message = new HttpRequestMessage(HttpMethod.Post, "chat/completions")
        {
            Content = new StringContent("""{"stream":true,"max_tokens":300,"messages":[{"role":"user","content":"a"}]}""", Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await process.TerminateAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    /// <summary>As validate-config does: what is wrong with the options hides nothing of what is wrong with the files.</summary>
    [Fact]
    public async Task Run_SeveralFilesThatAreNotThere_AllAreTold()
    {
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(
            "serve", "--engines=http://a", "--api-key-file=/nope", "--engine-api-key-file=/nope2", "--tls-cert-file=x");
        Assert.Equal(2, exitCode);
        Assert.Equal(
            ["--api-key-file", "--engine-api-key-file", "--tls-cert-file"],
            errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line.StartsWith("error: ", StringComparison.Ordinal))
                .Select(static line => line.Split(' ', ':')[2]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("--engines=https://a", "--engines")]
    [InlineData("--engines=http://a --port=70000", "--port")]
    [InlineData("--engines=http://a --extra-args=port=70000", "port in --extra-args")]
    [InlineData("--engines=http://a --extra-args port='1", "a quote is not closed")]
    [InlineData("--engines=http://a --extra-args=tokenizer-name=m", "tokenizer-name in --extra-args: unknown")]
    [InlineData("--engines=http://a --wait-scheduling-retry-interval=0", "--wait-scheduling-retry-interval: the value must be")]
    [InlineData("--engines=http://a --engine-response-timeout=8d", "--engine-response-timeout: the value must be")]
    [InlineData("--engines=http://a --engine-idle-timeout=-1s", "--engine-idle-timeout: the value must be")]
    [InlineData("--engines=http://a --host=elsewhere", "--host")]
    [InlineData("--engines=http://a --port=0 --host=192.0.2.1", "error: --host: 192.0.2.1 is no address of this machine")]
    [InlineData("--engines=http://a --retry-max-count=-1", "--retry-max-count")]
    [InlineData("--engines=http://a --max-queue-size=-1", "--max-queue-size")]
    [InlineData("--engines=http://a --api-key-file=/no/such/file", "--api-key-file")]
    [InlineData("--engines=http://a --tls-cert-file=/no/such/file", "--tls-key-file")]
    [InlineData("--engines=http://a --tls-cert-file=/no/such/file --tls-key-file=/no/such/file", "--tls-cert-file")]
    [InlineData("--engines=http://a --otlp-endpoint=collector:4317", "--otlp-endpoint")]
    [InlineData("--engines=http://a --otlp-endpoint=http://a --otlp-protocol=json", "--otlp-protocol")]
    [InlineData("--host=127.0.0.1", "--engines")]
    [InlineData("--engines=http://a --pd-disagg-protocol=vllm", "--pd-disagg-protocol")]
    [InlineData("--engines=http://a --pd-disagg-protocol=vllm-kvt", "--engines")]
    [InlineData("--prefill-engines=http://a --pd-disagg-protocol=vllm-kvt", "--decode-engines")]
    [InlineData("--decode-engines=http://a --pd-disagg-protocol=vllm-kvt", "--prefill-engines")]
    [InlineData("--prefill-engines=http://a,http://b --decode-engines=x:y --pd-disagg-protocol=vllm-kvt", "--decode-engines")]
    [InlineData("--engines=http://a --separate-pd-scheduling", "--separate-pd-scheduling")]
    [InlineData("--engines=http://a --prefill-engines=http://b", "--prefill-engines")]
    [InlineData("--prefill-engines=http://a --decode-engines=http://b --pd-disagg-protocol=vllm-mooncake --kv-transfer-ports=1", "--kv-transfer-ports")]
    [InlineData("--prefill-engines=http://a --decode-engines=http://b --pd-disagg-protocol=vllm-kvt --kv-transfer-ports=1,2", "--kv-transfer-ports")]
    [InlineData("--prefill-engines=http://a --decode-engines=http://b --pd-disagg-protocol=vllm-kvt --kv-transfer-ports=0", "--kv-transfer-ports")]
    [InlineData("--prefill-engines=http://a:60000 --decode-engines=http://b --pd-disagg-protocol=vllm-kvt", "--kv-transfer-ports")]
    [InlineData("--prefill-engines=http://a --decode-engines=http://b --pd-disagg-protocol=vllm-kvt --bootstrap-port=1", "--bootstrap-port")]
    public async Task Start_BadOptions_EndsWithTheirNames(string args, string name)
    {
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(["serve", .. args.Split(' ')]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(name, errors, StringComparison.Ordinal);
    }
}
