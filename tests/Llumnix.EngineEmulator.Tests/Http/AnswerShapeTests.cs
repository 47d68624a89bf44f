using System.Net;
using System.Text.Json.Nodes;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Tests.Http;

public sealed class AnswerShapeTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Tools = "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"max_tokens\":3,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
    private const string JsonMode = "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"max_tokens\":3,\"response_format\":{\"type\":\"json_schema\"}";
    private const string Tokens = """{"tokens":" 1 2 3"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tools_AreCalled()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        JsonNode whole = (await client.PostAsync(Chat, $"{{{Tools}}}", "7"))["choices"]![0]!;
        List<JsonNode> chunks = await client.StreamAsync(Chat, $"{{\"stream\":true,{Tools}}}", "8");
        JsonNode refused = (await client.PostAsync(Chat, $"{{\"tool_choice\":\"none\",{Tools}}}"))["choices"]![0]!;

        JsonNode call = whole["message"]!["tool_calls"]![0]!;
        Assert.Equal(("call_7", "f", Tokens), ((string?)call["id"], (string?)call["function"]!["name"], (string?)call["function"]!["arguments"]));
        Assert.Equal("tool_calls", (string?)whole["finish_reason"]);
        JsonNode[] calls = [.. chunks[1..^1].Select(chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]![0]!)];
        Assert.Equal(Tokens, string.Concat(calls.Select(part => (string?)part["function"]!["arguments"])));
        Assert.Equal(["call_8", null, null], calls.Select(part => (string?)part["id"]));
        Assert.Equal([null, null, null, "tool_calls"], chunks[..^1].Select(chunk => (string?)chunk["choices"]![0]!["finish_reason"]));
        Assert.Equal(" 1 2 3", (string?)refused["message"]!["content"]);
    }

    [Fact]
    public async Task JsonMode_AnswersJson()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        JsonNode whole = (await client.PostAsync(Chat, $"{{{JsonMode}}}"))["choices"]![0]!;
        List<JsonNode> chunks = await client.StreamAsync(Chat, $"{{\"stream\":true,{JsonMode}}}");

        Assert.Equal((Tokens, "stop"), ((string?)whole["message"]!["content"], (string?)whole["finish_reason"]));
        Assert.Equal(Tokens, string.Concat(chunks[..^1].Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
    }

    [Fact]
    public async Task Usage_OnlyWhenAsked_OrInEveryChunk()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        List<JsonNode> none = await client.StreamAsync("/v1/completions", """{"prompt":"a","max_tokens":2,"stream":true,"stream_options":{}}""");
        List<JsonNode> all = await client.StreamAsync(
            "/v1/completions",
            """{"prompt":"a","max_tokens":2,"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true}}""");

        Assert.Equal([null, null], none.Select(chunk => chunk["usage"]));
        Assert.Equal([1, 2, 2], all.Select(chunk => (int?)chunk["usage"]!["completion_tokens"]));
        Assert.Empty(all[^1]["choices"]!.AsArray());
    }

    [Fact]
    public async Task TokenizeImagesEmbeddings_CountTokens()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        JsonNode text = await client.PostAsync("/tokenize", """{"prompt":"a b a"}""");
        JsonNode image = await client.PostAsync(
            "/tokenize", """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:x"}}]}]}""");
        JsonNode vectors = await client.PostAsync("/v1/embeddings", """{"input":["a b","c"]}""");
        JsonNode packed = await client.PostAsync("/v1/embeddings", """{"input":[1,2,9],"encoding_format":"base64"}""");

        Assert.Equal((3, 945_024), ((int?)text["count"], (int?)text["max_model_len"]));
        Assert.Equal((int?)text["tokens"]![0], (int?)text["tokens"]![2]);
        Assert.Equal(257, (int?)image["count"]);
        Assert.Equal((2, 8, 3), (vectors["data"]!.AsArray().Count, vectors["data"]![1]!["embedding"]!.AsArray().Count, (int?)vectors["usage"]!["total_tokens"]));
        Assert.Equal(32, Convert.FromBase64String((string)packed["data"]![0]!["embedding"]!).Length);
    }

    [Theory]
    [InlineData("/tokenize", "{}")]
    [InlineData("/tokenize", "[]")]
    [InlineData("/tokenize", """{"prompt":"\ud800"}""")]
    [InlineData("/v1/embeddings", """{"input":{}}""")]
    [InlineData("/v1/embeddings", """{"input":[]}""")]
    [InlineData("/v1/embeddings", """{"input":["\ud800"]}""")]
    [InlineData(Chat, """{"messages":[{"content":"a"}],"n":2}""")]
    public async Task BadBody_Is400(string path, string body)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);

        using HttpResponseMessage response = await client.SendAsync(path, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["error"]!.AsObject().ContainsKey("param"));
    }

    [Fact]
    public async Task Models_SeveralNames_AreListed()
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Neutral) with { MoreModels = ["n", "o"] };
        await using EngineHost host = await EngineHost.StartAsync(options, Cancellation);
        using var client = new EngineClient(host.Engines[0]);

        JsonNode models = JsonNode.Parse(await client.GetTextAsync("/v1/models"))!;

        Assert.Equal(["m", "n", "o"], models["data"]!.AsArray().Select(model => (string?)model!["id"]));
    }
}
