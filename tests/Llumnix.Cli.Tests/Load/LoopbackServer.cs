using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Tests.Load;

/// <summary>A real HTTP server on a free loopback port, with one handler for everything.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _host;

    private LoopbackServer(WebApplication host) => _host = host;

    public Uri Url => new(_host.Urls.First());

    public static async Task<LoopbackServer> StartAsync(RequestDelegate handler)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication host = builder.Build();
        host.UseWebSockets();
        host.Run(handler);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
