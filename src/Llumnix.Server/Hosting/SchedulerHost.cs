using System.Net;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Http;
using Llumnix.Server.Logging;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>A scheduler that serves gateways: made from validated options, started, stopped. Also hosted by the CLI and by tests.</summary>
public sealed class SchedulerHost : IAsyncDisposable
{
    /// <summary>How long a stop waits for requests under way; the process is gone within 5 s of the first signal.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(4);

    /// <summary>Most keep-alive connections at a time.</summary>
    private const int MaxGateways = 4096;

    private readonly WebApplication _app;
    private readonly SchedulingModeRuntime _mode;

    private SchedulerHost(WebApplication app, SchedulingModeRuntime mode)
    {
        _app = app;
        _mode = mode;
    }

    /// <summary>Where the HTTP face listens; set once started.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The cluster as the scheduler sees it now.</summary>
    /// <exception cref="InvalidOperationException">The scheduler runs in lite mode.</exception>
    public ClusterSnapshot Snapshot() =>
        (_mode as FullModeRuntime)?.Snapshot() ?? throw new InvalidOperationException("The scheduler runs in lite mode.");

    /// <summary>The fleet as the scheduler of lite mode sees it now.</summary>
    /// <exception cref="InvalidOperationException">The scheduler runs in full mode.</exception>
    public LiteModeSnapshot LiteModeSnapshot() =>
        (_mode as LiteModeRuntime)?.Snapshot() ?? throw new InvalidOperationException("The scheduler runs in full mode.");

    /// <summary>Places a request without HTTP, for programs that host the scheduler.</summary>
    public ScheduleOutcome Schedule(in ScheduleRequest request, out Placement placement) => _mode.Scheduler.Schedule(in request, out placement);

    /// <summary>Builds the host. Nothing runs yet.</summary>
    /// <param name="options">Options without errors.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="isProcess">Whether the host is what the process is there for: then signals stop it and it writes a log.</param>
    /// <exception cref="Llumnix.Cluster.Profiles.ProfilingTableException">A profiling table cannot be used.</exception>
    public static SchedulerHost Build(SchedulerOptions options, TimeProvider? time = null, bool isProcess = false)
    {
        time ??= TimeProvider.System;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        if (isProcess)
        {
            ProcessLogging.Configure(builder.Logging, options.Service.Verbosity, time);
        }
        else
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        }

        ConfigureKestrel(builder, options.Service);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        AddServices(builder.Services, options, time);
        WebApplication app = builder.Build();
        ApiHandler api = app.Services.GetRequiredService<ApiHandler>();
        app.Run(options.Rescheduling.IsStandalone ? api.HandleWithoutSchedulingAsync : api.HandleAsync);
        return new SchedulerHost(app, app.Services.GetRequiredService<SchedulingModeRuntime>());
    }

    /// <summary>Tells what the process runs with.</summary>
    internal void LogStart(string options, IReadOnlyList<string> ignoredFlags)
    {
        ILogger<SchedulerHost> logger = _app.Services.GetRequiredService<ILogger<SchedulerHost>>();
        SchedulerHostLog.Options(logger, options.TrimEnd().ReplaceLineEndings(", "));
        if (ignoredFlags.Count > 0)
        {
            SchedulerHostLog.Ignored(logger, string.Join(", ", ignoredFlags));
        }
    }

    /// <summary>Starts listening and reading the CMS.</summary>
    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    /// <summary>Runs until SIGTERM, SIGINT or the token asks for the end, then stops accepting and finishes what runs.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellation)
    {
        try
        {
            await _app.WaitForShutdownAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // A request was still under way when the time for stopping was up; it has been cut off.
        }
    }

    /// <summary>Stops accepting, finishes what runs, stops.</summary>
    public Task StopAsync(CancellationToken cancellation) => _app.StopAsync(cancellation);

    /// <summary>Stops the host.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void ConfigureKestrel(WebApplicationBuilder builder, ServiceOptions service) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxConcurrentUpgradedConnections = MaxGateways;
        if (IPAddress.TryParse(service.Host, out IPAddress? address))
        {
            kestrel.Listen(address, service.Port);
        }
        else if (service.Host == "localhost")
        {
            kestrel.ListenLocalhost(service.Port);
        }
        else
        {
            kestrel.ListenAnyIP(service.Port);
        }
    });

    private static void AddServices(IServiceCollection services, SchedulerOptions options, TimeProvider time)
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        DotNetStats.Register(registry);
        services.AddSingleton<SchedulingModeRuntime>(provider =>
        {
            ILoggerFactory logging = provider.GetRequiredService<ILoggerFactory>();
            return options.Policy.IsFullMode
                ? new FullModeRuntime(options, factory, logging, time)
                : new LiteModeRuntime(options, factory, logging, time);
        });
        services.AddHostedService<SourceService>();
        services.AddHostedService<ReschedulerService>();
        services.AddSingleton(provider => MakeApi(provider, options.Service, registry, factory, time));
    }

    private static ApiHandler MakeApi(
        IServiceProvider services, ServiceOptions options, CollectorRegistry registry, MetricFactory factory, TimeProvider time)
    {
        SchedulingModeRuntime mode = services.GetRequiredService<SchedulingModeRuntime>();
        IHostApplicationLifetime lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var gateways = new GatewayTelemetry(factory);
        var keepAlive = new KeepAliveEndpoint(
            mode.Gateways, new KeepAliveSettings(), gateways, time, services.GetRequiredService<ILogger<KeepAliveEndpoint>>());
        return new ApiHandler(
            mode.Scheduler,
            mode.Prefixes,
            new ReportEndpoint(mode.Gateways, gateways, services.GetRequiredService<ILogger<ReportEndpoint>>()),
            keepAlive.Build(services),
            new ServiceToken(options.Token.Reveal()),
            new Readiness([mode.FindReasonNotReady, () => lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : null]),
            new SchedulerTelemetry(factory, mode.Name),
            new MetricsPage(registry, factory, mode.ShowGauges, time),
            mode.StoreName,
            options.IsInputLogged,
            time,
            services.GetRequiredService<ILogger<ApiHandler>>());
    }
}
