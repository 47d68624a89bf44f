using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Llumnix.Yarp.Tests;

/// <summary>An engine on a free loopback port that answers with its name, once it may. It tells its load as vLLM does, or not at all.</summary>
internal sealed class StubEngine : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StubEngine(string name, int? running)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.Zero);
        _host = builder.Build();
        _host.Run(async context =>
        {
            if (context.Request.Path == "/held")
            {
                await _mayAnswer.Task.WaitAsync(context.RequestAborted);
            }

            if (context.Request.Path != "/metrics")
            {
                await context.Response.WriteAsync(name, context.RequestAborted);
            }
            else if (running is null)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
            else
            {
                await context.Response.WriteAsync(
                    FormattableString.Invariant($"vllm:num_requests_running{{engine=\"0\"}} {running}\nvllm:num_requests_waiting{{engine=\"0\"}} 0\n"),
                    context.RequestAborted);
            }
        });
    }

    public string Address => _host.Urls.First();

    /// <param name="name">What it answers.</param>
    /// <param name="running">Requests that run there; null: it does not tell.</param>
    public static async Task<StubEngine> StartAsync(string name, int? running = null)
    {
        var engine = new StubEngine(name, running);
        await engine._host.StartAsync(TestContext.Current.CancellationToken);
        return engine;
    }

    /// <summary>Answers the requests for <c>/held</c>.</summary>
    public void Answer() => _mayAnswer.TrySetResult();

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
