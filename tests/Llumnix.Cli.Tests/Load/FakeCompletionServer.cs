using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Load;

/// <summary>Takes completions, announces each, and answers as told.</summary>
internal sealed class FakeCompletionServer : IAsyncDisposable
{
    private readonly Channel<(string Id, JsonElement Body)> _requests = Channel.CreateUnbounded<(string, JsonElement)>();
    private LoopbackServer _server = null!;

    public Uri Url => _server.Url;

    /// <param name="answer">Writes the answer to a request.</param>
    public static async Task<FakeCompletionServer> StartAsync(Func<HttpResponse, JsonElement, Task> answer)
    {
        var server = new FakeCompletionServer();
        server._server = await LoopbackServer.StartAsync(context => server.HandleAsync(context, answer));
        return server;
    }

    /// <summary>A server that streams as many tokens as it is asked for, then a usage event and the end.</summary>
    public static Task<FakeCompletionServer> StartAsync() => StartAsync(StreamAsync);

    public static async Task StreamAsync(HttpResponse response, JsonElement body)
    {
        response.ContentType = "text/event-stream";
        for (int i = 0; i < body.GetProperty("max_tokens").GetInt32(); i++)
        {
            await response.WriteAsync("data: {\"choices\":[{\"text\":\" a\"}]}\n\n");
        }

        await response.WriteAsync("data: {\"usage\":{}}\n\ndata: [DONE]\n\n");
    }

    /// <summary>The next request that has come in.</summary>
    public async Task<(string Id, JsonElement Body)> NextAsync() => await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Requests that have come in and that nobody has asked for yet.</summary>
    public int Unseen => _requests.Reader.Count;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HandleAsync(HttpContext context, Func<HttpResponse, JsonElement, Task> answer)
    {
        Assert.Equal("/v1/completions", context.Request.Path);
        JsonElement body = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        _requests.Writer.TryWrite((context.Request.Headers["x-request-id"].ToString(), body));
        await answer(context.Response, body);
    }

    /// <summary>Says nothing until the client goes.</summary>
    internal static Task HangAsync(HttpResponse response, JsonElement body) =>
        Task.Delay(Timeout.InfiniteTimeSpan, response.HttpContext.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
}
