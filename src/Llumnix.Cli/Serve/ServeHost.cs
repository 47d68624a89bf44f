using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Otlp;
using Llumnix.Cli.Hosting;
using Llumnix.Cli.Options;
using Llumnix.Gateway.Hosting;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Draining;
using Llumnix.Server.Hosting;
using Llumnix.Server.Logging;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Llumnix.Server.WhatIf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Llumnix.Cli.Serve;

/// <summary>
/// A gateway and a scheduler in one process, over a fixed list of engines: full mode over the engines' own metrics, or lite mode, in which the load is what the
/// gateway itself has sent.
/// </summary>
internal sealed class ServeHost : IHostedGateway
{
    // Plain engines may serve requests of others, too, whose decodes a measure of prompt tokens alone would not see.
    private const string NeutralLoadMetric = "prefill_tokens_and_requests";

    private readonly SchedulingModeRuntime _scheduler;
    private readonly LocalPlacer _placer;
    private readonly ILoggerFactory _logging;
    private readonly OtlpSettings _telemetry;
    private AdminHost? _console;

    private ServeHost(ServeSettings settings, OptionsParseResult<SchedulerOptions> scheduler, OptionsParseResult<ServeSettings>? parsed, TimeProvider time)
    {
        SchedulerOptions options = scheduler.Options with { Console = settings.Console };
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        DotNetStats.Register(registry);
        _telemetry = settings.IsProcess ? OtlpSettings.ReadEnvironment() : OtlpSettings.None;
        Action<ILoggingBuilder>? logging = settings.IsProcess ? builder => ProcessLogging.Configure(builder, verbosity: 0, time, _telemetry.Logs, GatewayHost.ServiceName) : null;
        _logging = LoggerFactory.Create(logging ?? (static _ => { }));
        IReadOnlyList<DiscoveredInstance> engines = settings.ToInstances();
        _scheduler = SchedulingModeRuntime.Make(options, factory, _logging, time, sink => new StaticDiscovery(engines, sink, time));
        _placer = new LocalPlacer(_scheduler, new SchedulerTelemetry(factory, _scheduler.Name), time);
        var metrics = new MetricsPage(registry, factory, _scheduler.ShowGauges, time);
        Gateway = GatewayHost.Build(settings.Gateway with { ArePromptsHashed = settings.IsCacheAware, IsEngineTold = true }, new GatewayParts
        {
            Placer = _placer,
            EngineKey = _scheduler.EngineKey,
            AreEnginesRead = settings.AreEngineMetricsRead,
            Discovery = sink => new StaticDiscovery(engines, sink, time),
            Metrics = registry,
            MetricsPage = metrics.GetAsync,
            SentMetricsPage = metrics.GetWithoutAliasesAsync,
            Telemetry = _telemetry,
            Drains = DrainEndpoint.MakeLocal(_scheduler.Drains),
            Services = settings.Console.IsEnabled ? services => services.AddHostedService(MakeConsole) : null,
            Logging = logging,
            Time = time,
        });

        AdminHost MakeConsole(IServiceProvider services) => _console = new AdminHost(
            new AdminSource
            {
                Program = "serve",
                Mode = _scheduler,
                FindReasonNotReady = () => _scheduler.IsNoEngineReachable ? "no engine answers" : null,
                Policy = options.Mode.Policy,
                SchedulerFlags = SimulatedFlags.Of(scheduler.Options, scheduler),
                Settings = parsed is null ? [] : EffectiveSettings.Of(parsed),
                Warnings = [.. (parsed?.Warnings ?? []).Select(static warning => warning.ToString())],
                Drains = DrainEndpoint.MakeUnguarded(_scheduler.Drains),
                Readers = settings.Gateway.ApiKeyFile.Length > 0 ? key => Gateway!.HasKey(key) : null,
                Certificate = services.GetService<ListenerCertificate>(),
            },
            settings.Console,
            _logging,
            time);
    }

    /// <summary>Where the console and the admin API listen; null without a console. Set once started.</summary>
    internal Uri? ConsoleAddress => _console?.Address;

    /// <summary>The gateway.</summary>
    internal GatewayHost Gateway { get; }

    GatewayHost IHostedGateway.Host => Gateway;

    /// <summary>Requests in the scheduler's account.</summary>
    internal int AccountedRequests => _scheduler.Scheduler is FullModeScheduler ? ClusterSnapshot().LedgerEntries : Snapshot().States;

    /// <summary>The fleet as the scheduler of lite mode sees it.</summary>
    internal LiteModeSnapshot Snapshot() => ((LiteModeScheduler)_scheduler.Scheduler).Snapshot();

    /// <summary>The fleet as the scheduler of full mode sees it.</summary>
    internal ClusterSnapshot ClusterSnapshot() => ((FullModeScheduler)_scheduler.Scheduler).Snapshot();

    /// <summary>Requests that have an instance now.</summary>
    internal int LeaseCount => _placer.LeaseCount;

    /// <inheritdoc/>
    public void LogStart(string report)
    {
        ILogger<ServeHost> logger = _logging.CreateLogger<ServeHost>();
        StartLog.WriteListening(logger, "serve", [$"{Gateway.Address}v1"]);
        StartLog.WriteProblems(logger, _telemetry.Problems);
        OptionsLog.Write(logger, report);
        if (ConsoleAddress is { } console)
        {
            OptionsLog.WriteConsole(logger, console);
        }
    }

    /// <inheritdoc/>
    public void LogStopped() => StartLog.WriteStopped(_logging.CreateLogger<ServeHost>(), "serve");

    /// <summary>Builds the host. Nothing runs yet.</summary>
    /// <param name="settings">What it runs.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="parsed">Where the settings come from, which the admin API tells; null: it tells no options.</param>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it.</exception>
    internal static ServeHost Build(ServeSettings settings, TimeProvider? time = null, OptionsParseResult<ServeSettings>? parsed = null)
    {
        // The endpoints stand for those of the settings, which also say what each engine does.
        string[] discovery = ["--llm-backend-discovery=endpoints", "--llm-backend-endpoints=localhost"];
        string[] mode = settings.AreEngineMetricsRead
            ? ["--enable-full-mode-scheduling=true", "--status-source=engines", $"--dispatch-neutral-load-metric={NeutralLoadMetric}"]
            : ["--enable-full-mode-scheduling=false"];
        string[] prefixes = settings.IsCacheAware ? ["--enable-cache-aware-scheduling", "--cache-aware-source=history"] : [];
        string[] key = settings is { AreEngineMetricsRead: true, Gateway.EngineApiKeyFile: { Length: > 0 } file } ? ["--engine-api-key-file=" + file] : [];
        OptionsParseResult<SchedulerOptions> scheduler = SchedulerOptionsParser.Parse(
            [.. mode, .. discovery, .. prefixes, .. key],
            SchedulerProgram.KnownNames);
        return scheduler.Errors.Count == 0
            ? new ServeHost(settings, scheduler, parsed, time ?? TimeProvider.System)
            : throw new ArgumentException(string.Join(Environment.NewLine, scheduler.Errors), nameof(settings));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _scheduler.DisposeAsync();
        _logging.Dispose();
    }
}
