using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Llumnix.Cli.Tests.Serve;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;

namespace Llumnix.Cli.Tests.OpenAiClients;

/// <summary>The official OpenAI SDK for .NET, as it is published, against <c>llumnix serve</c>.</summary>
public sealed class DotNetSdkTests
{
    private static readonly ChatMessage[] Question = [new UserChatMessage("one two three")];
    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool("weather", "Tells the weather.", BinaryData.FromString("""{"type":"object","properties":{}}"""));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_Whole_HasTextReasonAndUsage()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        ChatCompletion answer = await Client(serve).GetChatClient("emulated").CompleteChatAsync(Question, Tokens(3), Cancellation);
        Assert.Equal(" 1 2 3", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(3, answer.Usage.OutputTokenCount);
        await serve.UntilNothingIsHeldAsync();
    }

    /// <summary>The SDK asks for usage in every stream.</summary>
    [Fact]
    public async Task Chat_Streamed_BeginsWithTheRoleAndEndsWithUsage()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        var updates = new List<StreamingChatCompletionUpdate>();
        await foreach (StreamingChatCompletionUpdate update in Client(serve).GetChatClient("emulated").CompleteChatStreamingAsync(Question, Tokens(3), Cancellation))
        {
            updates.Add(update);
        }

        Assert.Equal(ChatMessageRole.Assistant, updates[0].Role);
        Assert.Equal(" 1 2 3", string.Concat(updates.SelectMany(static update => update.ContentUpdate).Select(static part => part.Text)));
        Assert.Equal([ChatFinishReason.Length], updates.Where(static update => update.FinishReason is not null).Select(static update => update.FinishReason!.Value));
        Assert.Equal(3, updates[^1].Usage.OutputTokenCount);
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Chat_WithATool_CallsIt()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        ChatCompletionOptions options = Tokens(3);
        options.Tools.Add(Weather);
        ChatCompletion answer = await Client(serve).GetChatClient("emulated").CompleteChatAsync(Question, options, Cancellation);
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        ChatToolCall call = Assert.Single(answer.ToolCalls);
        Assert.Equal("weather", call.FunctionName);
        Assert.Equal(" 1 2 3", TokensIn(call.FunctionArguments.ToString()));

        // The tool's result goes back, and a text comes.
        ChatCompletion end = await Client(serve).GetChatClient("emulated").CompleteChatAsync(
            [.. Question, new AssistantChatMessage(answer), new ToolChatMessage(call.Id, "sunny")], options, Cancellation);
        Assert.Equal(" 1 2 3", end.Content[0].Text);
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Chat_WithAToolStreamed_CallsIt()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        ChatCompletionOptions options = Tokens(3);
        options.Tools.Add(Weather);
        var calls = new List<StreamingChatToolCallUpdate>();
        await foreach (StreamingChatCompletionUpdate update in Client(serve).GetChatClient("emulated").CompleteChatStreamingAsync(Question, options, Cancellation))
        {
            calls.AddRange(update.ToolCallUpdates);
        }

        Assert.Equal("weather", calls[0].FunctionName);
        Assert.Equal(" 1 2 3", TokensIn(string.Concat(calls.Select(static call => call.FunctionArgumentsUpdate.ToString()))));
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Chat_JsonMode_GivesJson()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        ChatCompletionOptions options = Tokens(3);
        options.ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat();
        ChatCompletion answer = await Client(serve).GetChatClient("emulated").CompleteChatAsync(Question, options, Cancellation);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(" 1 2 3", TokensIn(answer.Content[0].Text));
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Embeddings_TwoInputs_GivesTwoVectors()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        OpenAIEmbeddingCollection answer = await Client(serve).GetEmbeddingClient("emulated").GenerateEmbeddingsAsync(["one", "two three"], null, Cancellation);
        Assert.Equal([8, 8], answer.Select(static vector => vector.ToFloats().Length));
        Assert.Equal(3, answer.Usage.InputTokenCount);
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Models_OfAllEngines_AreListed()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        OpenAIModelCollection models = await Client(serve).GetOpenAIModelClient().GetModelsAsync(Cancellation);
        Assert.Single(models);
    }

    [Fact]
    public async Task Chat_Vision_EngineGetsTheBodyByteForByte()
    {
        await using RecordedServe serve = await RecordedServe.StartAsync();
        var recorder = new BodyRecorder();
        using var http = new HttpClient(recorder);
        OpenAIClient client = Client(serve.Address, new HttpClientPipelineTransport(http));
        ChatMessage picture = new UserChatMessage(
            ChatMessageContentPart.CreateTextPart("Ωhat is \u0001 this 🙂?"),
            ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(new byte[200_000]), "image/png"));
        await client.GetChatClient("emulated").CompleteChatAsync([picture], Tokens(3), Cancellation);
        Assert.True(recorder.Body.Length > 200_000);
        byte[] received = await serve.NextBodyAsync();
        Assert.True(recorder.Body.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(-1, "", 400, "max_completion_tokens")]
    [InlineData(3, "error", 500, "provoked")]
    public async Task Chat_ThatFails_ThrowsWithStatusAndMessage(int tokens, string fault, int status, string word)
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation("x-emulator-fault", fault.Length > 0 ? [fault] : []);
        OpenAIClient client = Client(serve.Host.Gateway.Address, new HttpClientPipelineTransport(http));
        ClientResultException exception = await Assert.ThrowsAsync<ClientResultException>(
            () => client.GetChatClient("emulated").CompleteChatAsync(Question, Tokens(tokens), Cancellation));
        Assert.Equal(status, exception.Status);
        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Chat_AllEnginesAreGone_ThrowsBadGateway()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        await Task.WhenAll(serve.Engines.Engines.Select(static engine => engine.CrashAsync()));
        ClientResultException exception = await Assert.ThrowsAsync<ClientResultException>(
            () => Client(serve).GetChatClient("emulated").CompleteChatAsync(Question, Tokens(3), Cancellation));
        Assert.Equal(502, exception.Status);
        Assert.Contains("engine_failed", exception.Message, StringComparison.Ordinal);
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Chat_CancelledWithinAStream_EngineStops()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(1);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        int count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (StreamingChatCompletionUpdate _ in Client(serve).GetChatClient("emulated").CompleteChatStreamingAsync(Question, Tokens(100_000), cancel.Token))
            {
                if (++count == 3)
                {
                    await cancel.CancelAsync();
                }
            }
        });
        Assert.True(count >= 3);
        await serve.UntilNothingIsHeldAsync();
    }

    private static OpenAIClient Client(EmulatedServe serve) => Client(serve.Host.Gateway.Address, null);

    private static OpenAIClient Client(Uri gateway, PipelineTransport? transport)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(gateway, "v1"), RetryPolicy = new ClientRetryPolicy(0) };
        options.Transport = transport ?? options.Transport;
        return new OpenAIClient(new ApiKeyCredential("sk-none"), options);
    }

    private static ChatCompletionOptions Tokens(int count) => new() { MaxOutputTokenCount = count };

    private static string? TokensIn(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("tokens").GetString();
    }
}
