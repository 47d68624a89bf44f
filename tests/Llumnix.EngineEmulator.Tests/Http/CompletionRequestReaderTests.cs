using System.Text.Json;
using Llumnix.EngineEmulator.Http;

namespace Llumnix.EngineEmulator.Tests.Http;

public sealed class CompletionRequestReaderTests
{
    private static CompletionRequest? Read(string json, string kind, out string error)
    {
        using JsonDocument body = JsonDocument.Parse(json);
        return CompletionRequestReader.Read(body.RootElement, Enum.Parse<ApiKind>(kind), "x", "default", 16, out error);
    }

    [Theory]
    [InlineData("Completion", """{"prompt":"one two three"}""", 3, 16)]
    [InlineData("Completion", """{"prompt":[5,6,7,4294967295],"max_tokens":9}""", 4, 9)]
    [InlineData("Completion", """{"prompt":"one","prompt_num_tokens":500,"max_tokens":null}""", 500, 16)]
    [InlineData("Completion", """{"prompt_num_tokens":500}""", 500, 16)]
    [InlineData("Chat", """{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"what is it"}],"max_completion_tokens":7,"max_tokens":8}""", 5, 7)]
    [InlineData("Chat", """{"messages":[{"content":[{"type":"text","text":"two words"},{"type":"image_url"}]},{"content":null}]}""", 2, 16)]
    public void Read_GoodBody_GivesItsLengths(string kind, string json, int tokens, int maxTokens)
    {
        CompletionRequest? request = Read(json, kind, out string error);

        Assert.Equal("", error);
        Assert.Equal((tokens, maxTokens, "default"), (request!.Prompt.Tokens, request.MaxTokens, request.Model));
    }

    [Theory]
    [InlineData("Completion", "[]", "the body is not a JSON object")]
    [InlineData("Completion", "{}", "prompt is neither a text nor an array of token ids")]
    [InlineData("Completion", """{"prompt":7}""", "prompt is neither a text nor an array of token ids")]
    [InlineData("Completion", """{"prompt":[1,-2]}""", "prompt is neither a text nor an array of token ids")]
    [InlineData("Completion", """{"prompt":["a","b"]}""", "prompt is neither a text nor an array of token ids")]
    [InlineData("Completion", """{"prompt":" "}""", "prompt is empty")]
    [InlineData("Completion", """{"prompt":"a","max_tokens":0}""", "max_tokens is not a positive integer")]
    [InlineData("Completion", """{"prompt":"a","max_tokens":"5"}""", "max_tokens is not a positive integer")]
    [InlineData("Completion", """{"prompt_num_tokens":-1}""", "prompt_num_tokens is not a positive integer")]
    [InlineData("Chat", """{"messages":"a"}""", "messages is not an array of messages")]
    [InlineData("Chat", """{"messages":["a"]}""", "messages is not an array of messages")]
    [InlineData("Chat", """{"messages":[{"content":[1]}]}""", "messages is not an array of messages")]
    [InlineData("Chat", """{"messages":[]}""", "messages is empty")]
    public void Read_BadBody_NamesTheField(string kind, string json, string expected)
    {
        Assert.Null(Read(json, kind, out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Read_KvTransferParameters_AreTaken()
    {
        CompletionRequest request = Read(
            """{"prompt":"a","max_tokens":1,"kv_transfer_params":{"do_remote_prefill":true,"remote_engine_id":"e","remote_request_id":"r","remote_port":5}}""",
            "Completion",
            out _)!;

        Assert.Equal(new KvTransferParameters { DoRemotePrefill = true, RemoteEngineId = "e", RemoteRequestId = "r" }, request.KvTransfer);
        Assert.False(request.IsPrefillOnly);
    }

    [Theory]
    [InlineData("Completion", "cmpl-x", "cmpl-x-0")]
    [InlineData("Chat", "chatcmpl-x", "chatcmpl-x")]
    public void Ids_Kind_FollowVllm(string kind, string responseId, string engineId)
    {
        CompletionRequest request = Read("""{"prompt_num_tokens":1}""", kind, out _)!;

        Assert.Equal((responseId, engineId), (request.ResponseId, request.EngineRequestId));
    }
}
