using System.Text.Json.Nodes;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Http;

public sealed class KvTransferTests
{
    private const string PrefillBody = """{"prompt":"a b c d","max_tokens":1,"kv_transfer_params":{"do_remote_decode":true}}""";

    private static string DecodeBody(JsonNode prefillAnswer) =>
        $$"""{"prompt":"a b c d","max_tokens":5,"stream":true,"kv_transfer_params":{{prefillAnswer["kv_transfer_params"]!.ToJsonString()}}}""";

    [Fact]
    public async Task Completions_PrefillOnly_KeepsTheKvAndTellsWhereItIs()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Prefill);
        HostedEngine engine = host.Engines[0];
        using var client = new EngineClient(engine);

        JsonNode answer = await client.PostAsync("/v1/completions", PrefillBody, "7");

        JsonNode parameters = answer["kv_transfer_params"]!;
        Assert.Equal((true, false), ((bool?)parameters["do_remote_prefill"], (bool?)parameters["do_remote_decode"]));
        Assert.Equal((engine.InstanceId, "127.0.0.1", engine.Port), ((string?)parameters["remote_engine_id"], (string?)parameters["remote_host"], (int?)parameters["remote_port"]));
        Assert.Equal("cmpl-7-0", (string?)parameters["remote_request_id"]);
        Assert.Equal((16, 0), (engine.Status().UsedGpuTokens, engine.Status().RunningRequestCount));
    }

    [Fact]
    public async Task ChatCompletions_PrefillOnlyStream_TellsInItsLastChunk()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Prefill);
        using var client = new EngineClient(host.Engines[0]);

        List<JsonNode> chunks = await client.StreamAsync(
            "/v1/chat/completions",
            """{"messages":[{"content":"a"}],"max_tokens":1,"stream":true,"stream_options":{"include_usage":false},"kv_transfer_params":{"do_remote_decode":true}}""",
            "7");

        Assert.Equal("chatcmpl-7", (string?)chunks[^1]["kv_transfer_params"]!["remote_request_id"]);
    }

    [Fact]
    public async Task Completions_DecodeElsewhere_PullsTheKvFromThePrefillEngine()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Prefill, InferType.Decode);
        using var prefill = new EngineClient(host.Engines[0]);
        using var decode = new EngineClient(host.Engines[1]);
        JsonNode answer = await prefill.PostAsync("/v1/completions", PrefillBody, "7");

        List<JsonNode> chunks = await decode.StreamAsync("/v1/completions", DecodeBody(answer), "7");

        Assert.Equal(6, chunks.Count);
        await Eventually.TrueAsync(() => host.Engines.All(engine => engine.Status().UsedGpuTokens == 0));

        // No prefill step: 5 decode steps after the load.
        Assert.Equal((5, -1), (host.Engines[1].Status().StepId, host.Engines[1].Status().ProfilingId));
    }

    /// <summary>Gateways ask both under one id.</summary>
    [Theory]
    [InlineData("7")]
    [InlineData("8")]
    public async Task Completions_DecodeOnTheSameEngine_TakesTheKvOver(string id)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        JsonNode answer = await client.PostAsync("/v1/completions", PrefillBody, "7");

        Assert.Equal(6, (await client.StreamAsync("/v1/completions", DecodeBody(answer), id)).Count);
        Assert.Equal((6, 0), (host.Engines[0].Status().StepId, host.Engines[0].Status().UsedGpuTokens));
    }

    [Fact]
    public async Task Completions_KvIsGone_ComputesThePromptHere()
    {
        var stopped = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Prefill, InferType.Decode);
        await using EngineHost host = await EngineHost.StartAsync(stopped, TestContext.Current.CancellationToken);
        using var prefill = new EngineClient(host.Engines[0]);
        using var decode = new EngineClient(host.Engines[1]);
        JsonNode answer = await prefill.PostAsync("/v1/completions", PrefillBody, "7");
        await host.Engines[0].CrashAsync();

        await decode.StreamAsync("/v1/completions", DecodeBody(answer), "7");

        InstanceStatus status = host.Engines[1].Status();
        Assert.Equal((1, 4), (status.ProfilingId, status.ScheduledPrefillTokens));
        Assert.Equal((5, 0), (status.StepId, status.UsedGpuTokens));
    }

    [Fact]
    public async Task Completions_KvNeverPulled_IsDroppedAfterItsTime()
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Prefill);
        EmulatedEngineOptions engine = options.Engines[0];
        options = options with { Engines = [engine with { Engine = engine.Engine with { AwaitingPullTimeout = TimeSpan.FromMilliseconds(100) } }] };
        await using EngineHost host = await EngineHost.StartAsync(options, TestContext.Current.CancellationToken);
        using var client = new EngineClient(host.Engines[0]);

        await client.PostAsync("/v1/completions", PrefillBody);

        await Eventually.TrueAsync(() => host.Engines[0].Status().UsedGpuTokens == 0);
    }
}
