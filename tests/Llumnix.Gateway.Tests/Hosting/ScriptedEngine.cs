using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>An engine on a free loopback port that remembers what it was sent and answers as told.</summary>
internal sealed class ScriptedEngine : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly Channel<EngineCall> _calls = Channel.CreateUnbounded<EngineCall>();

    private ScriptedEngine(Func<HttpContext, byte[], Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _host = builder.Build();
        _host.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            _calls.Writer.TryWrite(new EngineCall(context.Request.Path + context.Request.QueryString, headers, body.ToArray()));
            await answer(context, body.ToArray());
        });
    }

    public Uri Url => new(_host.Urls.First());

    public static async Task<ScriptedEngine> StartAsync(Func<HttpContext, byte[], Task> answer)
    {
        var engine = new ScriptedEngine(answer);
        await engine._host.StartAsync(TestContext.Current.CancellationToken);
        return engine;
    }

    /// <summary>One that answers every request with a text.</summary>
    public static Task<ScriptedEngine> StartAsync(string answer, string contentType = "application/json") => StartAsync(async (context, _) =>
    {
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(answer, context.RequestAborted);
    });

    /// <summary>The next request that has come in.</summary>
    public async Task<EngineCall> NextAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Requests that have come in and that were not asked for yet.</summary>
    public int Unseen => _calls.Reader.Count;

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
