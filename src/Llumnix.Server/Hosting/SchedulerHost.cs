using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Otlp;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Draining;
using Llumnix.Server.Http;
using Llumnix.Server.Leadership;
using Llumnix.Server.Leadership.Peers;
using Llumnix.Server.Logging;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Llumnix.Server.WhatIf;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>A scheduler that serves gateways over HTTP: built from validated options, started, stopped. Also used by the CLI and by tests.</summary>
public sealed class SchedulerHost : IAsyncDisposable
{
    /// <summary>How long a stop waits for active requests. After the grace period of 3 s: the process ends 5 s after the signal.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly SchedulingModeRuntime _mode;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;

    private SchedulerHost(WebApplication app, SchedulingModeRuntime mode, TimeSpan grace, TimeProvider time)
    {
        _app = app;
        _mode = mode;
        _grace = grace;
        _time = time;
    }

    /// <summary>Address of the HTTP listener; set once started.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Where the console and the admin API listen; null without a console. Set once started.</summary>
    public Uri? ConsoleAddress => _app.Services.GetService<AdminHost>()?.Address;

    /// <summary>The cluster in the scheduler's present view.</summary>
    /// <exception cref="InvalidOperationException">The scheduler runs in lite mode.</exception>
    public ClusterSnapshot Snapshot() =>
        (_mode as FullModeRuntime)?.Snapshot() ?? (_mode as EngineMetricsRuntime)?.Snapshot() ?? throw new InvalidOperationException("The scheduler runs in lite mode.");

    /// <summary>The fleet in the present view of the lite-mode scheduler.</summary>
    /// <exception cref="InvalidOperationException">The scheduler runs in full mode.</exception>
    public LiteModeSnapshot LiteModeSnapshot() =>
        (_mode as LiteModeRuntime)?.Snapshot() ?? throw new InvalidOperationException("The scheduler runs in full mode.");

    /// <summary>Places a request without HTTP, for programs that host the scheduler.</summary>
    public ScheduleOutcome Schedule(in PlacementRequest request, out Placement placement) => _mode.Scheduler.Schedule(in request, out placement);

    /// <summary>Builds the host. Nothing runs yet.</summary>
    /// <param name="options">Options without errors.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="isProcess">Whether the host is the whole process: then signals stop it, and it writes a log.</param>
    /// <param name="parsed">Where the options come from, which the admin API tells; null: it tells no options.</param>
    /// <exception cref="Llumnix.Adapters.Profiles.ProfilingTableException">A profiling table cannot be used.</exception>
    /// <exception cref="ListenerCertificateException">The files of the listener's certificate cannot be used.</exception>
    /// <exception cref="Llumnix.Server.Extensions.ExtensionException">An extension cannot be used.</exception>
    public static SchedulerHost Build(SchedulerOptions options, TimeProvider? time = null, bool isProcess = false, OptionsParseResult<SchedulerOptions>? parsed = null)
    {
        time ??= TimeProvider.System;
        IReadOnlyList<string> flags = SimulatedFlags.Of(options, parsed);
        options = options.Effective();
        OtlpSettings telemetry = isProcess ? OtlpSettings.ReadEnvironment() : OtlpSettings.None;
        string service = options.Rescheduling.IsStandalone ? "llumnix-rescheduler" : "llumnix-scheduler";
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        if (isProcess)
        {
            ProcessLogging.Configure(builder.Logging, options.Service.Verbosity, time, telemetry.Logs, service);
        }
        else
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        }

        builder.Services.AddSingleton(telemetry);
        telemetry.AddMetrics(builder.Services, service, static provider => provider.GetRequiredService<ApiHandler>().Metrics.GetWithoutAliasesAsync, time);
        if (telemetry.Traces is { } collector)
        {
            builder.Services.AddSingleton(_ => new DecisionTracing(collector, service));
        }

        var connections = new ConnectionGate(
            new ConnectionLimits { Total = options.Service.MaxConnections, PerAddress = options.Service.MaxConnectionsPerAddress }, time);
        ConfigureListeners(builder, options, connections, time);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        AddServices(builder.Services, options, connections, time);
        AddConsole(builder.Services, options, parsed, flags, time);
        WebApplication app = builder.Build();
        _ = app.Services.GetService<ListenerCertificate>();
        ApiHandler api = app.Services.GetRequiredService<ApiHandler>();
        if (options.Peers.IsEnabled)
        {
            app.MapWhen(
                context => context.Connection.LocalPort == options.Peers.Port,
                static peers => peers.UseRouting().UseEndpoints(static endpoints => endpoints.MapGrpcService<LedgerReplicationService>()));
        }

        app.Run(options.Rescheduling.IsStandalone ? api.HandleWithoutSchedulingAsync : api.HandleAsync);
        return new SchedulerHost(app, app.Services.GetRequiredService<SchedulingModeRuntime>(), options.Service.ShutdownGrace, time);
    }

    /// <summary>The paths that it serves.</summary>
    internal IReadOnlyCollection<string> Paths => _app.Services.GetRequiredService<ApiHandler>().Paths;

    /// <summary>The paths of the admin API; none without a console.</summary>
    internal IEnumerable<string> ConsolePaths => _app.Services.GetService<AdminHost>()?.Routes.Paths ?? [];

    /// <summary>Logs version, addresses and configuration, once started.</summary>
    internal void LogStart(string program, string options, IReadOnlyList<string> ignoredFlags)
    {
        ILogger<SchedulerHost> logger = _app.Services.GetRequiredService<ILogger<SchedulerHost>>();
        StartLog.WriteListening(logger, program, ConsoleAddress is { } console ? [.. _app.Urls, $"{console}console"] : _app.Urls);
        StartLog.WriteProblems(logger, _app.Services.GetRequiredService<OtlpSettings>().Problems);
        SchedulerHostLog.Options(logger, options.TrimEnd().ReplaceLineEndings(", "));
        if (ignoredFlags.Count > 0)
        {
            SchedulerHostLog.Ignored(logger, string.Join(", ", ignoredFlags));
        }
    }

    /// <summary>Logs that it has stopped.</summary>
    /// <param name="program">The program, as its command is named.</param>
    internal void LogStopped(string program) => StartLog.WriteStopped(_app.Services.GetRequiredService<ILogger<SchedulerHost>>(), program);

    /// <summary>Starts listening and reading the CMS.</summary>
    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    /// <summary>
    /// Runs until SIGTERM, SIGINT or the token ends it. Of several schedulers it hands over at once. Then, for the grace period, /readyz reports not ready, requests are still accepted, and every
    /// answer ends its connection, so that no client loses a request on a connection that is closed under it. Then stops.
    /// </summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellation)
    {
        await _app.WaitUntilAskedToStopAsync(cancellation);
        if (_app.Services.GetService<LeadershipParts>() is { } leadership)
        {
            await leadership.Replica.ResignAsync();
        }

        await Task.Delay(_grace, _time, CancellationToken.None);
        await _app.StopOrCutOffAsync();
    }

    /// <summary>Stops accepting connections, completes active requests, and stops.</summary>
    public Task StopAsync(CancellationToken cancellation) => _app.StopAsync(cancellation);

    /// <summary>Stops the host.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void ConfigureListeners(
        WebApplicationBuilder builder, SchedulerOptions options, ConnectionGate connections, TimeProvider time)
    {
        ServiceOptions service = options.Service;
        if (service.TlsCertificateFile.Length > 0)
        {
            builder.Services.AddSingleton(provider => new ListenerCertificate(
                service.TlsCertificateFile, service.TlsKeyFile, provider.GetRequiredService<ILogger<ListenerCertificate>>()));
            builder.Services.AddHostedService(provider => new CertificateRefresher(provider.GetRequiredService<ListenerCertificate>(), time));
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.UseSockets(sockets => sockets.MaxReadBufferSize = Listeners.MaxUnreadBytes);
        builder.WebHost.ConfigureKestrel(kestrel => Listeners.Configure(
            kestrel, service, options.Peers.Port, connections, kestrel.ApplicationServices.GetService<ListenerCertificate>(), time));
    }

    internal static IPeerAddresses PeersOf(IServiceProvider services, SchedulerOptions options) =>
        options.Peers.Peers.Count == 0 && services.GetService<LeadershipParts>() is { } leadership ? leadership.Replica.Peers : new ListedPeers(options.Peers.Peers);

    private static void AddPeers(IServiceCollection services, SchedulerOptions options, TimeProvider time)
    {
        services.AddSingleton(provider => new LedgerStreams(
            provider.GetRequiredService<SchedulingModeRuntime>().Replica,
            PeersOf(provider, options),
            options.Peers with { BatchInterval = options.Peers.BatchIntervalOf(options.HighAvailability.IsEnabled) },
            options.Service,
            time,
            provider.GetRequiredService<ILoggerFactory>()));
        if (options.Peers.IsEnabled)
        {
            services.AddGrpc();
            services.AddSingleton(provider => new LedgerReplicationService(
                provider.GetRequiredService<SchedulingModeRuntime>().Replica!,
                new ServiceToken(options.Service.Token.Reveal()),
                time,
                provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
            services.AddHostedService(static provider => provider.GetRequiredService<LedgerStreams>());
        }
    }

    private static void AddConsole(
        IServiceCollection services, SchedulerOptions options, OptionsParseResult<SchedulerOptions>? parsed, IReadOnlyList<string> flags, TimeProvider time)
    {
        if (!options.Console.IsEnabled)
        {
            return;
        }

        services.AddSingleton(provider => new AdminHost(AdminSources.Of(provider, options, parsed, flags, time), options.Console, provider.GetRequiredService<ILoggerFactory>(), time));
        services.AddHostedService(static provider => provider.GetRequiredService<AdminHost>());
    }

    private static void AddServices(IServiceCollection services, SchedulerOptions options, ConnectionGate connections, TimeProvider time)
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        DotNetStats.Register(registry);
        services.AddSingleton(
            provider => SchedulingModeRuntime.Make(options, factory, provider.GetRequiredService<ILoggerFactory>(), time));
        services.AddHostedService<SourceService>();
        services.AddHostedService<ReschedulerService>();
        AddPeers(services, options, time);
        if (options.HighAvailability.IsEnabled && options.Rescheduling.IsStandalone)
        {
            services.AddHostedService(provider => LeadershipFactory.MakeDrainKeeper(
                options,
                provider.GetRequiredService<SchedulingModeRuntime>().Drains,
                new WatchedLease(options.HighAvailability.LeaseName),
                provider.GetRequiredService<ILoggerFactory>(),
                time));
        }
        else if (options.HighAvailability.IsEnabled)
        {
            services.AddSingleton(provider => LeadershipFactory.Make(
                options, provider.GetRequiredService<SchedulingModeRuntime>().Drains, provider.GetRequiredService<SchedulingModeRuntime>().Gateways,
                provider.GetService<ListenerCertificate>(), factory,
                provider.GetRequiredService<ILoggerFactory>(), time));
            services.AddHostedService<ReplicaService>();
            services.AddHostedService(static provider => provider.GetRequiredService<LeadershipParts>().Drains);
        }

        services.AddSingleton(provider => ApiFactory.Make(
            provider, options, connections, registry, factory, time, provider.GetService<LeadershipParts>()));
    }
}
