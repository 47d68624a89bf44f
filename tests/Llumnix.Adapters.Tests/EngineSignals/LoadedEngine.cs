using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Llumnix.Adapters.Tests.EngineSignals;

/// <summary>What a vLLM engine with some requests answers, on a free loopback port, or nothing while it is frozen.</summary>
internal sealed class LoadedEngine : IAsyncDisposable
{
    private readonly WebApplication _host;
    private volatile bool _isFrozen;

    /// <param name="running">Requests that run.</param>
    public LoadedEngine(int running = 3)
    {
        string page = FormattableString.Invariant($"vllm:num_requests_running{{engine=\"0\"}} {running}\nvllm:num_requests_waiting{{engine=\"0\"}} 0\n");
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.Zero);
        _host = builder.Build();
        _host.Run(context => _isFrozen ? Task.Delay(Timeout.Infinite, context.RequestAborted) : context.Response.WriteAsync(page, context.RequestAborted));
    }

    public bool IsFrozen
    {
        get => _isFrozen;
        set => _isFrozen = value;
    }

    /// <returns>The port.</returns>
    public async Task<int> StartAsync()
    {
        await _host.StartAsync(TestContext.Current.CancellationToken);
        return new Uri(_host.Urls.First()).Port;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
