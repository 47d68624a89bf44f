using System.Net;
using Llumnix.Gateway.Options;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Streams whose client goes, or whose gateway stops.</summary>
public sealed class StreamTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Streaming = """{"model":"m","stream":true,"messages":[]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_ClientGoes_TheEngineIsToldAndTheInstanceGivenBack(bool isStarted)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            using CancellationTokenRegistration registration = context.RequestAborted.Register(gone.SetResult);
            if (isStarted)
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: {}\n\n");
                await context.Response.Body.FlushAsync();
            }

            await gone.Task;
        });
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using var leaving = new CancellationTokenSource();
        using var message = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(Streaming) };
        Task<HttpResponseMessage> asking = gateway.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
        await engine.NextAsync();
        Assert.Equal(1, placer.Held);
        if (isStarted)
        {
            (await asking).Dispose();
        }

        await leaving.CancelAsync();
        await gone.Task.WaitAsync(Cancellation);
        await Eventually.TrueAsync(() => placer.Held == 0 && gateway.Host.ActiveRequests == 0);
        if (!isStarted)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }
    }

    [Fact]
    public async Task Stop_StreamUnderWay_GoesOnToItsEnd()
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {}\n\n");
            await context.Response.Body.FlushAsync();
            await more.Task;
            await context.Response.WriteAsync("data: [DONE]\n\n");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        Task stopping = gateway.Host.StopAsync();
        using HttpResponseMessage late = await gateway.PostAsync(Chat, "{}");
        await ErrorAnswer.AssertAsync(late, 503, "service_unavailable_error");
        using HttpResponseMessage ready = await gateway.Client.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.False(stopping.IsCompleted);
        more.SetResult();
        Assert.Equal("data: {}\n\ndata: [DONE]\n\n", await answer.Content.ReadAsStringAsync(Cancellation));
        await stopping;
    }

    [Fact]
    public async Task Stop_DrainTimeIsUp_StreamsAreToldSo()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {}\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, new GatewayOptions { DrainTimeout = TimeSpan.Zero });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        await gateway.Host.StopAsync();
        Assert.Contains("\"code\":\"stopping\"", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(0, placer.Held);
    }
}
