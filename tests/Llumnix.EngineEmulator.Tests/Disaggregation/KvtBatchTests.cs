using System.Net;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Disaggregation;

/// <summary>vllm-kvt with pd_batch: the gateway asks the decode engine alone, which has the prefill engine compute the prompt.</summary>
public sealed class KvtBatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Completions_PrefillEngineNamed_ComputesThePromptThere(bool isOneProcess)
    {
        await using EngineHost prefill = await EngineHostBuilder.StartAsync([InferType.Prefill, .. isOneProcess ? [InferType.Decode] : Array.Empty<InferType>()]);
        await using EngineHost decode = isOneProcess ? prefill : await EngineHostBuilder.StartAsync(InferType.Decode);
        (HostedEngine p, HostedEngine d) = (prefill.Engines[0], decode.Engines[^1]);
        using var client = new EngineClient(d);

        Assert.Equal(6, (await client.StreamAsync("/v1/completions", Body(p.Port), "7")).Count);

        Assert.Equal((1, 1, 4), (p.Status().StepId, p.Status().ProfilingId, p.Status().ScheduledPrefillTokens));
        Assert.Equal((5, -1), (d.Status().StepId, d.Status().ProfilingId));
        Assert.Equal(["cmpl-7-0"], p.Status().RecentWaitingRequests);
        Assert.Equal(["cmpl-7-0"], d.Status().RecentWaitingRequests);
        await Eventually.TrueAsync(() => (p.Status().UsedGpuTokens, d.Status().UsedGpuTokens) == (0, 0));
    }

    [Fact]
    public async Task Completions_PrefillUnderWay_TheRequestLoadsAtTheDecodeEngine()
    {
        await using EngineHost prefill = await StuckAsync();
        await using EngineHost decode = await EngineHostBuilder.StartAsync(InferType.Decode);
        using var client = new EngineClient(decode.Engines[0]);
        Task<HttpResponseMessage> call = client.SendAsync("/v1/completions", Body(prefill.Engines[0].Port), "7");

        await Eventually.TrueAsync(() => decode.Engines[0].Status() is { LoadingRequestCount: 1, UsedGpuTokens: 16 } && prefill.Engines[0].Status().RunningRequestCount == 1);
        Assert.Equal(["cmpl-7-0"], decode.Engines[0].Status().RecentWaitingRequests);
        Assert.Equal(["cmpl-7-0"], prefill.Engines[0].Status().RecentWaitingRequests);

        // It does not stand in the way of others.
        Assert.Equal(4, (await client.StreamAsync("/v1/completions", """{"prompt":"a","max_tokens":3,"stream":true}""")).Count);
        await decode.DisposeAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task Completions_ClientLeavesWhilePrefilling_BothEnginesDropTheRequest()
    {
        await using EngineHost prefill = await StuckAsync();
        await using EngineHost decode = await EngineHostBuilder.StartAsync(InferType.Decode);
        Task<HttpResponseMessage> call;
        using (var client = new EngineClient(decode.Engines[0]))
        {
            call = client.SendAsync("/v1/completions", Body(prefill.Engines[0].Port));
            await Eventually.TrueAsync(() => prefill.Engines[0].Status().RunningRequestCount == 1);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        await Eventually.TrueAsync(() => decode.Engines[0].Status() is { LoadingRequestCount: 0, UsedGpuTokens: 0 });
        await Eventually.TrueAsync(() => prefill.Engines[0].Status() is { RunningRequestCount: 0, UsedGpuTokens: 0 });
    }

    [Fact]
    public async Task Completions_PrefillEngineIsDown_ComputesThePromptHere()
    {
        EngineHost gone = await EngineHostBuilder.StartAsync(InferType.Prefill);
        int port = gone.Engines[0].Port;
        await gone.DisposeAsync();
        await AssertComputedHereAsync(port);
    }

    [Fact]
    public async Task Completions_PrefillEngineRefuses_ComputesThePromptHere()
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Prefill);
        options = options with { Engines = [options.Engines[0] with { Engine = options.Engines[0].Engine with { MaxWaitingRequests = 1, Latency = EngineHostBuilder.Stuck, MaxRunningRequests = 1 } }] };
        await using EngineHost prefill = await EngineHost.StartAsync(options, Cancellation);
        using var client = new EngineClient(prefill.Engines[0]);
        Task<HttpResponseMessage> first = client.SendAsync("/v1/completions", """{"prompt":"a"}""");
        await Eventually.TrueAsync(() => prefill.Engines[0].Status().RunningRequestCount == 1);
        Task<HttpResponseMessage> second = client.SendAsync("/v1/completions", """{"prompt":"a"}""");
        await Eventually.TrueAsync(() => prefill.Engines[0].Status().WaitingRequestCount == 1);

        await AssertComputedHereAsync(prefill.Engines[0].Port);

        await prefill.DisposeAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => first);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => second);
    }

    [Fact]
    public async Task Completions_PrefillEngineCrashesOverIt_ComputesThePromptHere()
    {
        await using EngineHost prefill = await StuckAsync();
        await using EngineHost decode = await EngineHostBuilder.StartAsync(InferType.Decode);
        using var client = new EngineClient(decode.Engines[0]);
        Task<List<System.Text.Json.Nodes.JsonNode>> call = client.StreamAsync("/v1/completions", Body(prefill.Engines[0].Port));
        await Eventually.TrueAsync(() => prefill.Engines[0].Status().RunningRequestCount == 1);

        await prefill.Engines[0].CrashAsync();

        Assert.Equal(6, (await call).Count);
        Assert.Equal((1, 4), (decode.Engines[0].Status().ProfilingId, decode.Engines[0].Status().ScheduledPrefillTokens));
    }

    [Fact]
    public async Task Completions_PrefillEngineIsTooSlow_ComputesThePromptHereAndDropsItThere()
    {
        await using EngineHost prefill = await StuckAsync();
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Decode) with { PrefillTimeout = TimeSpan.FromMilliseconds(200) };
        await using EngineHost decode = await EngineHost.StartAsync(options, Cancellation);
        using var client = new EngineClient(decode.Engines[0]);

        Assert.Equal(6, (await client.StreamAsync("/v1/completions", Body(prefill.Engines[0].Port))).Count);

        Assert.Equal((1, 4), (decode.Engines[0].Status().ProfilingId, decode.Engines[0].Status().ScheduledPrefillTokens));
        await Eventually.TrueAsync(() => prefill.Engines[0].Status() is { RunningRequestCount: 0, UsedGpuTokens: 0 });
    }

    /// <summary>Both roles on one engine, as adaptive PD may place them: nothing is to be transferred.</summary>
    [Fact]
    public async Task Completions_PrefillEngineIsTheSame_ComputesOnce()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        Assert.Equal(6, (await client.StreamAsync("/v1/completions", Body(host.Engines[0].Port), "7")).Count);
        Assert.Equal((5, 1, 0), (host.Engines[0].Status().StepId, host.Engines[0].Status().ProfilingId, host.Engines[0].Status().UsedGpuTokens));
    }

    [Theory]
    [InlineData("\"not a host\"", "1")]
    [InlineData("\"127.0.0.1\"", "0")]
    [InlineData("\"127.0.0.1\"", "70000")]
    [InlineData("\"127.0.0.1\"", "null")]
    public async Task Completions_AddressThatIsNone_Answers400(string host, string port)
    {
        await using EngineHost decode = await EngineHostBuilder.StartAsync(InferType.Decode);
        using var client = new EngineClient(decode.Engines[0]);
        using HttpResponseMessage response = await client.SendAsync(
            "/v1/completions", $$"""{"prompt":"a","max_tokens":2,"kv_transfer_params":{"remote_host":{{host}},"remote_port":{{port}} } }""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    /// <summary>vllm-kvt with pd_staged names the prefill engine by its address only.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Completions_StagedByAddress_PullsTheKvAndFreesIt(bool isOneProcess)
    {
        await using EngineHost prefill = await EngineHostBuilder.StartAsync([InferType.Prefill, .. isOneProcess ? [InferType.Decode] : Array.Empty<InferType>()]);
        await using EngineHost decode = isOneProcess ? prefill : await EngineHostBuilder.StartAsync(InferType.Decode);
        using var first = new EngineClient(prefill.Engines[0]);
        using var second = new EngineClient(decode.Engines[^1]);
        await first.PostAsync("/v1/completions", """{"prompt":"a b c d","max_tokens":1,"kv_transfer_params":{"do_remote_decode":true}}""", "7");
        Assert.Equal(16, prefill.Engines[0].Status().UsedGpuTokens);

        string parameters = $$"""{"do_remote_prefill":true,"remote_host":"127.0.0.1","remote_port":{{prefill.Engines[0].Port}} }""";
        await second.StreamAsync("/v1/completions", $$"""{"prompt":"a b c d","max_tokens":5,"stream":true,"kv_transfer_params":{{parameters}} }""", "7");

        await Eventually.TrueAsync(() => prefill.Engines[0].Status().UsedGpuTokens == 0);
        Assert.Equal(-1, decode.Engines[^1].Status().ProfilingId);
    }

    private static async Task AssertComputedHereAsync(int prefillPort)
    {
        await using EngineHost decode = await EngineHostBuilder.StartAsync(InferType.Decode);
        using var client = new EngineClient(decode.Engines[0]);
        Assert.Equal(6, (await client.StreamAsync("/v1/completions", Body(prefillPort))).Count);
        InstanceStatus status = decode.Engines[0].Status();
        Assert.Equal((1, 4, 0), (status.ProfilingId, status.ScheduledPrefillTokens, status.UsedGpuTokens));
    }

    private static Task<EngineHost> StuckAsync() => EngineHost.StartAsync(EngineHostBuilder.Options(EngineHostBuilder.Stuck, InferType.Prefill), Cancellation);

    private static string Body(int prefillPort) =>
        $$"""{"prompt":"a b c d","max_tokens":5,"stream":true,"kv_transfer_params":{"remote_host":"127.0.0.1","remote_port":{{prefillPort}} } }""";
}
