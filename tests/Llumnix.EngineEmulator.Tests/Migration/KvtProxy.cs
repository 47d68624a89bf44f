using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Llumnix.EngineEmulator.Tests.Migration;

/// <summary>Stands before an engine's kvt endpoint and can keep the answers to hand-overs back.</summary>
internal sealed class KvtProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxResponseDrainSize = 0 });

    private KvtProxy(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Whether hand-overs reach the engine at all.</summary>
    public bool ForwardsHandOvers { get; init; }

    public static async Task<KvtProxy> StartAsync(HostedEngine engine, bool forwardsHandOvers)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var proxy = new KvtProxy(builder.Build()) { ForwardsHandOvers = forwardsHandOvers };
        proxy._app.Run(context => proxy.ForwardAsync(context, engine.Port));
        await proxy._app.StartAsync(TestContext.Current.CancellationToken);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, int port)
    {
        bool handsOver = char.IsAsciiDigit(context.Request.Path.Value![^1]);
        try
        {
            if (!handsOver || ForwardsHandOvers)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}{context.Request.Path}")
                {
                    Content = new StreamContent(context.Request.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
                };
                using HttpResponseMessage response =
                    await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
                if (!handsOver)
                {
                    using Stream body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
                    await body.CopyToAsync(context.Response.Body, context.RequestAborted);
                }
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            context.Abort();
        }
    }
}
