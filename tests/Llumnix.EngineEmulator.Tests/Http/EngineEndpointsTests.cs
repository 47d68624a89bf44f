using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Http;

public sealed class EngineEndpointsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Completions_NotStreaming_AnswersTokensAndUsage()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        JsonNode answer = await client.PostAsync("/v1/completions", """{"model":"mine","prompt":"a b c d","max_tokens":3}""", "77-a");

        Assert.Equal(("cmpl-77-a", "text_completion", "mine"), ((string?)answer["id"], (string?)answer["object"], (string?)answer["model"]));
        Assert.Equal((" 1 2 3", "length"), ((string?)answer["choices"]![0]!["text"], (string?)answer["choices"]![0]!["finish_reason"]));
        Assert.Equal("""{"prompt_tokens":4,"completion_tokens":3,"total_tokens":7}""", answer["usage"]!.ToJsonString());
        Assert.Null(answer["kv_transfer_params"]);
        Assert.Equal(["cmpl-77-a-0"], host.Engines[0].Status().RecentWaitingRequests);
    }

    [Fact]
    public async Task ChatCompletions_NotStreaming_AnswersAMessage()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        JsonNode answer = await client.PostAsync("/v1/chat/completions", """{"messages":[{"role":"user","content":"a b"}],"max_tokens":2}""", "7");

        Assert.Equal(("chatcmpl-7", "chat.completion", "m"), ((string?)answer["id"], (string?)answer["object"], (string?)answer["model"]));
        Assert.Equal("""{"role":"assistant","content":" 1 2"}""", answer["choices"]![0]!["message"]!.ToJsonString());
    }

    [Fact]
    public async Task Completions_Streaming_SendsEachTokenOnceThenUsage()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        List<JsonNode> chunks = await client.StreamAsync("/v1/completions", """{"prompt":"a b","max_tokens":12,"stream":true}""", "7");

        Assert.Equal(Enumerable.Range(1, 12).Select(n => $" {n}"), chunks[..^1].Select(c => (string?)c["choices"]![0]!["text"]));
        Assert.Equal(["length"], chunks[..^1].Select(c => (string?)c["choices"]![0]!["finish_reason"]).OfType<string>());
        Assert.Equal("length", (string?)chunks[^2]["choices"]![0]!["finish_reason"]);
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.Equal(14, (int?)chunks[^1]["usage"]!["total_tokens"]);
        Assert.All(chunks, c => Assert.Equal("cmpl-7", (string?)c["id"]));
    }

    [Fact]
    public async Task ChatCompletions_StreamingWithoutUsage_StartsWithTheRole()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        List<JsonNode> chunks = await client.StreamAsync(
            "/v1/chat/completions",
            """{"messages":[{"content":"a"}],"max_tokens":2,"stream":true,"stream_options":{"include_usage":false}}""");

        Assert.Equal(
            ["""{"role":"assistant","content":""}""", """{"content":" 1"}""", """{"content":" 2"}"""],
            chunks.Select(c => c["choices"]![0]!["delta"]!.ToJsonString()));
        Assert.Equal("chat.completion.chunk", (string?)chunks[0]["object"]);
    }

    [Fact]
    public async Task Completions_IdAndModelWithQuotes_StayJson()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        List<JsonNode> chunks = await client.StreamAsync("/v1/completions", """{"model":"a\"b\n","prompt":"a","max_tokens":1,"stream":true}""", "q\"q");

        Assert.Equal(("cmpl-q\"q", "a\"b\n"), ((string?)chunks[0]["id"], (string?)chunks[0]["model"]));
    }

    [Theory]
    [InlineData("{", "the body is not JSON")]
    [InlineData("""{"prompt":[]}""", "prompt is empty")]
    [InlineData("""{"prompt_num_tokens":945025,"max_tokens":1}""", "prompt and max_tokens exceed the KV capacity")]
    public async Task Completions_BadRequest_Answers400WithTheReason(string body, string expected)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        using HttpResponseMessage response = await client.SendAsync("/v1/completions", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        Assert.StartsWith(expected, (string?)answer["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completions_SameIdTwice_RefusesTheSecondAndKeepsTheFirst()
    {
        await using EngineHost host = await EngineHost.StartAsync(EngineHostBuilder.Options(EngineHostBuilder.Stuck, InferType.Neutral), Cancellation);
        using var client = new EngineClient(host.Engines[0]);
        Task<HttpResponseMessage> first = client.SendAsync("/v1/completions", """{"prompt":"a"}""", "7");
        await Eventually.TrueAsync(() => host.Engines[0].Status().RunningRequestCount == 1);

        using HttpResponseMessage second = await client.SendAsync("/v1/completions", """{"prompt":"a"}""", "7");

        Assert.Equal(HttpStatusCode.BadRequest, second.StatusCode);
        Assert.Equal(1, host.Engines[0].Status().RunningRequestCount);
        await host.DisposeAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => first);
    }

    [Fact]
    public async Task SeveralEngines_EachPortIsItsOwn()
    {
        await using EngineHost host = await EngineHost.StartAsync(
            EngineHostBuilder.Options(EngineHostBuilder.Stuck, InferType.Neutral, InferType.Prefill, InferType.Decode), Cancellation);
        using var second = new EngineClient(host.Engines[1]);
        Task<HttpResponseMessage> call = second.SendAsync("/v1/completions", """{"prompt":"a","stream":true}""");
        await Eventually.TrueAsync(() => host.Engines[1].Status().RunningRequestCount == 1);

        Assert.Equal([0, 1, 0], host.Engines.Select(e => e.Status().RunningRequestCount));
        Assert.Equal([InferType.Neutral, InferType.Prefill, InferType.Decode], host.Engines.Select(e => e.Metadata.InferType));
        Assert.Equal(3, host.Engines.Select(e => e.InstanceId).Distinct().Count());
        Assert.Contains("vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 1\n", await second.GetTextAsync("/metrics"), StringComparison.Ordinal);
        using var third = new EngineClient(host.Engines[2]);
        string metrics = await third.GetTextAsync("/metrics");
        Assert.Contains("vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0\n", metrics, StringComparison.Ordinal);
        await host.DisposeAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task ModelsAndHealth_LiveEngine_Answer()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        using HttpResponseMessage health = await client.GetAsync("/health");
        JsonNode models = JsonNode.Parse(await client.GetTextAsync("/v1/models"))!;

        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(("m", 945_024), ((string?)models["data"]![0]!["id"], (int?)models["data"]![0]!["max_model_len"]));
    }

    [Fact]
    public async Task Completions_ClientDisconnects_AbortsTheRequest()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        HttpResponseMessage response = await client.SendAsync("/v1/completions", """{"prompt":"a","max_tokens":900000,"stream":true}""");
        Assert.Equal(1, host.Engines[0].Status().RunningRequestCount);

        response.Dispose();

        await Eventually.TrueAsync(() => host.Engines[0].Status() is { RunningRequestCount: 0, UsedGpuTokens: 0 });
    }

    [Fact]
    public async Task Completions_ClientDoesNotRead_IsDroppedWhileOthersGoOn()
    {
        EngineHostOptions options = EngineHostBuilder.Options(new PolynomialLatencyModel { DecodeBase = 0.02 }, InferType.Neutral);
        await using EngineHost host = await EngineHost.StartAsync(options, Cancellation);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, host.Engines[0].Port, Cancellation);
        const string Body = """{"prompt":"a","max_tokens":900000,"stream":true}""";
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"), Cancellation);
        await Eventually.TrueAsync(() => host.Engines[0].Status().RunningRequestCount == 1);

        await Eventually.TrueAsync(() => host.Engines[0].Status() is { RunningRequestCount: 0, UsedGpuTokens: 0 });
        using var client = new EngineClient(host.Engines[0]);
        Assert.Equal(4, (await client.StreamAsync("/v1/completions", """{"prompt":"a","max_tokens":3,"stream":true}""")).Count);
    }

    [Fact]
    public async Task Completions_RequestTimeout_BreaksOff()
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Stuck, InferType.Neutral) with { RequestTimeout = TimeSpan.FromMilliseconds(50) };
        await using EngineHost host = await EngineHost.StartAsync(options, Cancellation);
        using var client = new EngineClient(host.Engines[0]);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.SendAsync("/v1/completions", """{"prompt":"a"}"""));
        await Eventually.TrueAsync(() => host.Engines[0].Status().RunningRequestCount == 0);
    }
}
