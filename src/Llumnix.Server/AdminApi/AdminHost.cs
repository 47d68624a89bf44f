using Llumnix.Adapters.Listeners;
using Llumnix.Server.Hosting;
using Llumnix.Server.Http;
using Llumnix.Server.Options;
using Llumnix.Server.WebConsole;
using Llumnix.Server.WhatIf;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Llumnix.Server.AdminApi;

/// <summary>
/// The admin API and the console on a port of their own: an HTTP server beside that of the program, which starts and stops it with its own services.
/// </summary>
public sealed class AdminHost : IHostedService, IAsyncDisposable
{
    private const int MaxConnections = 64;
    private const int MaxBodyBytes = 16 * 1024;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);
    private readonly WebApplication _app;
    private readonly AdminFeed _feed;
    private readonly FeedLoops _loops;
    private readonly WhatIfRunner _whatIfs;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Makes it. Nothing runs yet.</summary>
    /// <param name="source">What is shown.</param>
    /// <param name="options">Where it listens and who may call.</param>
    /// <param name="logging">Where its log goes.</param>
    /// <param name="time">The clock.</param>
    public AdminHost(AdminSource source, ConsoleOptions options, ILoggerFactory logging, TimeProvider time)
    {
        _feed = new AdminFeed(source, time);
        _loops = new FeedLoops(_feed, source.Mode, time, logging.CreateLogger<AdminFeed>());
        _whatIfs = new WhatIfRunner(source, _feed.NowMs, time, logging.CreateLogger<WhatIfRunner>());
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(logging);
        builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopTimeout);
        if (source.Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var connections = new ConnectionGate(new ConnectionLimits { Total = MaxConnections, PerAddress = MaxConnections }, time);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            GuardedListener.Listen(kestrel, options.Host, options.Port, connections, source.Certificate);
        });
        _app = builder.Build();
        Routes = new AdminRoutes(source, _feed, _whatIfs, new AdminAccess(options, source.Readers), new ConsolePages(), time);
        _app.Run(context =>
        {
            if (context.Request.ContentLength > MaxBodyBytes)
            {
                // The server closes the connection after the answer, also after one for which the body is not read.
                RequestGuard.EndConnection(context);
            }

            return !connections.HasSurplus || context.Features.Get<SurplusConnection>() is null
                ? Routes.HandleAsync(context)
                : ErrorResponse.WriteBusyAsync(context, "too many connections");
        });
    }

    /// <summary>Where it listens; set once started.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The paths.</summary>
    internal AdminRoutes Routes { get; }

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        _running = _loops.RunAsync(_stop.Token);
    }

    /// <summary>Ends the event streams and stops listening.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _whatIfs.DisposeAsync();
        await _running;
        try
        {
            await _app.StopAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A caller was still there when the time for stopping was up; it has been cut off.
        }
    }

    /// <summary>Stops it at once. Calls after the first one change nothing: a host knows it both as a service and by its type.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stop.CancelAsync();
        await _whatIfs.DisposeAsync();
        await _running;
        await _app.DisposeAsync();
        _stop.Dispose();
    }
}
