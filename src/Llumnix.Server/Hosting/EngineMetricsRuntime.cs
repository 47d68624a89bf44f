using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>Full mode for plain engines: discovery tells which there are, and their own metrics what they do.</summary>
internal sealed class EngineMetricsRuntime : SchedulingModeRuntime
{
    private readonly FullModeScheduler _scheduler;
    private readonly EngineStatusSource _statuses;
    private readonly IDiscoverySource _discovery;
    private readonly DiscoveryTelemetry _discoveryTelemetry;
    private readonly EngineMetricsTelemetry _telemetry;
    private readonly ClusterGauges _gauges;

    internal EngineMetricsRuntime(
        SchedulerOptions options,
        IMetricFactory factory,
        ILoggerFactory logging,
        TimeProvider time,
        Func<IDiscoverySink, IDiscoverySource>? discovery)
    {
        _scheduler = SchedulerCore.Make(options, time, logging.CreateLogger<EngineMetricsRuntime>()).Scheduler;
        PrefixHistory = options.CacheAware.UsesHistory ? options.CacheAware.History : null;
        _statuses = new EngineStatusSource(options.Engines, _scheduler, time, logging);
        _discoveryTelemetry = new DiscoveryTelemetry(factory);
        _telemetry = new EngineMetricsTelemetry(factory);
        _gauges = new ClusterGauges(factory);
        _discovery = discovery?.Invoke(_statuses)
            ?? DiscoverySourceFactory.Make(options.Discovery, _statuses, time, logging, _discoveryTelemetry);
        Gateways = new ProgressReports(_scheduler);
    }

    public override PrefixHistoryOptions? PrefixHistory { get; }

    public override string Name => "full";

    public override string StoreName => "discovery";

    public override IRequestScheduler Scheduler => _scheduler;

    public override IGatewaySink Gateways { get; }

    public override ValueTask DisposeAsync() => _statuses.DisposeAsync();

    public override string? FindReasonNotReady()
    {
        DiscoveryState state = _discovery.State;
        return !state.Available ? $"discovery does not answer{(state.LastError is null ? "" : $": {state.LastError}")}"
            : !state.FirstListLoaded ? "the first list is not loaded yet"
            : state.Silence is { } silence ? $"discovery answers, but {silence}"
            : null;
    }

    public override Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll(_discovery.RunAsync(cancellation), _statuses.RunAsync(cancellation));

    public override void ShowGauges()
    {
        _gauges.Show(_scheduler.Snapshot());
        _discoveryTelemetry.Show(_discovery.State);
        _telemetry.Show(_statuses.State);
    }

    /// <summary>The cluster in the scheduler's present view.</summary>
    internal ClusterSnapshot Snapshot() => _scheduler.Snapshot();

    /// <summary>Takes progress from gateways. Their connections mean nothing: what the engines say of their load contains requests of lost gateways.</summary>
    private sealed class ProgressReports(FullModeScheduler scheduler) : IGatewaySink
    {
        public int Report(RequestProgressBatch progress) => scheduler.Report(progress);

        public void OnGatewayConnected(string gatewayId, bool isProven)
        {
        }

        public void OnGatewayLost(string gatewayId, bool isProven)
        {
        }
    }
}
