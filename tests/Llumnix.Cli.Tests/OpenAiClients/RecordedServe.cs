using System.Threading.Channels;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Load;
using Llumnix.Gateway.Options;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.OpenAiClients;

/// <summary><c>llumnix serve</c> before an engine that keeps the bodies that it gets.</summary>
internal sealed class RecordedServe : IAsyncDisposable
{
    private const string Answer =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"seen"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";

    private readonly Channel<byte[]> _bodies = Channel.CreateUnbounded<byte[]>();
    private LoopbackServer _engine = null!;
    private ServeHost _host = null!;

    /// <summary>The gateway.</summary>
    public Uri Address => _host.Gateway.Address;

    public static async Task<RecordedServe> StartAsync()
    {
        var serve = new RecordedServe();
        serve._engine = await LoopbackServer.StartAsync(serve.AnswerAsync);
        serve._host = ServeHost.Build(new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", serve._engine.Url.Port)],
            Gateway = new GatewayOptions { Port = 0 },
        });
        await serve._host.Gateway.StartAsync(TestContext.Current.CancellationToken);
        return serve;
    }

    /// <summary>The next body of a POST.</summary>
    public async Task<byte[]> NextBodyAsync() => await _bodies.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _engine.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _bodies.Writer.TryWrite(body.ToArray());
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Answer);
    }
}
