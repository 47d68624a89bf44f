using System.Net;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Relay;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Answers that are no streams: held until they are whole, so that a cut one is an error.</summary>
public sealed class WholeAnswerTests
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100, 1)]
    [InlineData(null, 1)]
    [InlineData(null, 100_000)]
    public async Task Post_EngineCutsAnAnswer_Is502(int? announced, int sent)
    {
        await using ScriptedEngine cutting = await StartCuttingAsync(announced, sent);
        var placer = new TestPlacer(cutting.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        await ErrorAnswer.AssertAsync(answer, 502, "server_error", "engine_failed");
        Assert.NotNull(answer.Headers.RetryAfter);
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Fact]
    public async Task Post_EngineCutsAnAnswer_TheNextAnswers()
    {
        await using ScriptedEngine cutting = await StartCuttingAsync(100, 1);
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("""{"ok":1}""");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(cutting.Url, engine.Url));
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal("""{"ok":1}""", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(4096, false)]
    [InlineData(HeldAnswer.MaxBytes, true)]
    [InlineData(HeldAnswer.MaxBytes, false)]
    [InlineData(HeldAnswer.MaxBytes + 1, true)]
    [InlineData(HeldAnswer.MaxBytes + 1, false)]
    [InlineData(5_000_000, false)]
    public async Task Post_AnswerOfAnyLength_ArrivesByteForByte(int length, bool isAnnounced)
    {
        byte[] sent = new byte[length];
        new Random(length).NextBytes(sent);
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentLength = isAnnounced ? length : null;
            await context.Response.Body.WriteAsync(sent);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("application/json", HeldAnswer.MaxBytes + 2, 0)]
    [InlineData("audio/wav", 1, 0)]
    [InlineData("application/json", 1_000_000, 1)]
    public async Task Post_AnswerIsTooLongToHold_GoesOnAsItArrivesAndACutClosesTheConnection(string type, int sent, int memoryMiB)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine cutting = await StartCuttingAsync(null, sent, type, seen.Task);
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(cutting.Url), new GatewayOptions { MaxBodyMemoryMiB = memoryMiB });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        seen.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static Task<ScriptedEngine> StartCuttingAsync(int? announced, int sent, string type = "application/json", Task? until = null) =>
        ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = type;
            context.Response.ContentLength = announced;
            await context.Response.Body.WriteAsync(new byte[sent]);
            await context.Response.Body.FlushAsync();
            await (until ?? Task.CompletedTask);
            context.Abort();
        });
}
