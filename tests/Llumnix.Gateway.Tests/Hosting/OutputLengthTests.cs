using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>How long the answers are that the placer is told of, over real sockets.</summary>
public sealed class OutputLengthTests
{
    private const string Role = """data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""" + "\n\n";
    private const string Token = """data: {"choices":[{"index":0,"delta":{"content":"a"}}]}""" + "\n\n";
    private const string End = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""" + "\n\n";
    private const string Usage = """data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}""" + "\n\n";
    private const string Done = "data: [DONE]\n\n";

    [Theory]
    [InlineData(Role + Token + Token + End + Done, 2)]
    [InlineData(Role + Token + Token + End + Usage + Done, 5)]
    [InlineData(Role + End + Done, 0)]
    public async Task Stream_Ended_HasTheEnginesUsageOrItsEventsWithContent(string events, int expected)
    {
        Assert.Equal(expected, await LengthAsync("text/event-stream", events, """{"model":"m","stream":true,"messages":[]}"""));
        Assert.Equal(
            expected,
            await LengthAsync("text/event-stream", events, """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[]}"""));
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}""", 5)]
    [InlineData("""{"choices":[]}""", 0)]
    [InlineData("""{"data":[],"usage":{"prompt_tokens":7}}""", 0)]
    public async Task Answer_InOnePiece_HasTheEnginesUsage(string answer, int expected) =>
        Assert.Equal(expected, await LengthAsync("application/json", answer, """{"model":"m","messages":[]}"""));

    private static async Task<int> LengthAsync(string mediaType, string answer, string body)
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = mediaType;
            await context.Response.WriteAsync(answer);
        });
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using HttpResponseMessage response = await gateway.PostAsync("/v1/chat/completions", body);
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => placer.Held == 0);
        return Assert.Single(placer.Lengths);
    }
}
