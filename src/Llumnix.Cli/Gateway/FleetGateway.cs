using System.Security.Cryptography;
using Llumnix.Adapters.Otlp;
using Llumnix.Cli.Hosting;
using Llumnix.Cli.Options;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Hosting;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Logging;
using Llumnix.Server.Telemetry;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Llumnix.Cli.Gateway;

/// <summary>A gateway of a fleet: it asks schedulers over HTTP, and knows the engines from discovery for when none answers.</summary>
internal sealed partial class FleetGateway : IHostedGateway
{
    private readonly ILoggerFactory _logging;
    private readonly OtlpSettings _telemetry;
    private readonly SchedulerPlacer _placer;
    private readonly bool _isSchedulerMissing;

    /// <summary>Builds the gateway. Nothing runs yet.</summary>
    internal FleetGateway(GatewaySettings settings, TimeProvider? clock = null)
    {
        _isSchedulerMissing = settings.IsSchedulerMissing;
        TimeProvider time = clock ?? TimeProvider.System;
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        DotNetStats.Register(registry);
        _telemetry = settings.IsProcess ? OtlpSettings.ReadEnvironment() : OtlpSettings.None;
        Action<ILoggingBuilder>? logging = settings.IsProcess ? builder => ProcessLogging.Configure(builder, verbosity: 0, time, _telemetry.Logs, GatewayHost.ServiceName) : null;
        _logging = LoggerFactory.Create(logging ?? (static _ => { }));
        Engines = new EngineDirectory();
        var discovery = new FleetDiscovery(settings.Discovery, Engines, factory, _logging, time);
        // Gateways that drew the same engines would send their requests to the same ones at the same time.
        var random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue));
        _placer = new SchedulerPlacer(settings.Schedulers, Engines, random, time, _logging);
        var metrics = new MetricsPage(registry, factory, discovery.ShowGauges, time);
        Host = GatewayHost.Build(settings.Gateway, new GatewayParts
        {
            Placer = _placer,
            Engines = Engines,
            Discovery = _ => discovery.Source,
            IsEngineNeededToBeReady = false,
            Metrics = registry,
            MetricsPage = metrics.GetAsync,
            SentMetricsPage = metrics.GetWithoutAliasesAsync,
            Telemetry = _telemetry,
            Logging = logging,
            Time = time,
        });
    }

    /// <inheritdoc/>
    public GatewayHost Host { get; }

    /// <summary>The engines, as discovery knows them.</summary>
    internal EngineDirectory Engines { get; }

    /// <summary>Requests that have an instance now, and releases that are under way.</summary>
    internal int Held => _placer.Held;

    /// <inheritdoc/>
    public void LogStart(string report)
    {
        ILogger logger = _logging.CreateLogger<FleetGateway>();
        StartLog.WriteListening(logger, "gateway", [$"{Host.Address}v1"]);
        StartLog.WriteProblems(logger, _telemetry.Problems);
        if (_isSchedulerMissing)
        {
            LogNoScheduler(logger);
        }

        OptionsLog.Write(logger, report);
    }

    /// <inheritdoc/>
    public void LogStopped() => StartLog.WriteStopped(_logging.CreateLogger<FleetGateway>(), "gateway");

    /// <summary>Stops at once, but for the releases that are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _placer.DisposeAsync();
        _logging.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "no scheduler: the gateway chooses between two random engines by itself; --scheduler-endpoints names schedulers")]
    private static partial void LogNoScheduler(ILogger logger);
}
