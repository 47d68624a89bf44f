using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Adapters.Secrets;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>Full mode for plain engines: discovery tells which there are, and their own metrics what they do.</summary>
internal sealed class EngineMetricsRuntime : SchedulingModeRuntime
{
    /// <summary>Engines that a warning names.</summary>
    private const int MaxNamed = 5;

    private readonly FullModeScheduler _scheduler;
    private readonly EngineStatusSource _statuses;
    private readonly IDiscoverySource _discovery;
    private readonly DiscoveryTelemetry _discoveryTelemetry;
    private readonly EngineMetricsTelemetry _telemetry;
    private readonly FullModeWatches _watches;

    internal EngineMetricsRuntime(
        SchedulerOptions options,
        IMetricFactory factory,
        ILoggerFactory logging,
        TimeProvider time,
        Func<IDiscoverySink, IDiscoverySource>? discovery)
    {
        _scheduler = SchedulerCore.Make(
            options, time, logging.CreateLogger<EngineMetricsRuntime>(), options.Peers.MakeKey(options.Service)).Scheduler;
        PrefixHistory = options.CacheAware.UsesHistory ? options.CacheAware.History : null;
        EngineStatusOptions engines = options.Engines with { Scraper = options.Engines.Scraper with { IsFleetWatched = true } };
        _statuses = new EngineStatusSource(engines, _scheduler, time, logging);
        _discoveryTelemetry = new DiscoveryTelemetry(factory);
        _telemetry = new EngineMetricsTelemetry(factory);
        _watches = new FullModeWatches(_scheduler, factory, logging, time, "a scheduler's --engine-metrics-stale-ms", () => FindNoneReachable(_statuses.State));
        _discovery = discovery?.Invoke(_statuses)
            ?? DiscoverySourceFactory.Make(options.Discovery, _statuses, time, logging, _discoveryTelemetry);
        Gateways = new ProgressReports(_scheduler);
    }

    public override PrefixHistoryOptions? PrefixHistory { get; }

    public override string Name => "full";

    public override string StoreName => "discovery";

    public override LedgerReplica? Replica => _scheduler.Replica;

    public override IRequestScheduler Scheduler => _scheduler;

    public override DecisionHistory? History => _scheduler.History;

    public override IDrainControl Drains => _scheduler.DrainControl;

    public override EngineKey? EngineKey => _statuses.Key;

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

    public override bool IsNoEngineReachable => AreAllDown(_statuses.State);

    public override string? FindWarning() => Join(FindUnread(), _watches.FindWarning());

    public override Task RunAsync(CancellationToken cancellation) =>
        Loops.RunAsync(cancellation, [_discovery.RunAsync, _statuses.RunAsync, .. _watches.Loops]);

    public override IReadOnlyDictionary<string, InstanceMetadata> CaptureMetadata() =>
        _scheduler.Snapshot().Instances.ToDictionary(static instance => instance.Metadata.InstanceId, static instance => instance.Metadata, StringComparer.Ordinal);

    public override int HealthFingerprint() => _scheduler.HealthFingerprint();

    public override FleetSample CaptureFleet() => FleetSample.Of(_scheduler.Snapshot());

    public override void ShowGauges()
    {
        _watches.ShowGauges();
        _discoveryTelemetry.Show(_discovery.State);
        _telemetry.Show(_statuses.State);
    }

    private string? FindUnread()
    {
        EngineStatusState state = _statuses.State;
        return state.Unread.Count == 0 ? null
            : FindNoneReachable(state) ?? FormattableString.Invariant($"the load of {state.Unread.Count} of {state.Engines} engines is not read: {NamesOf(state)}");
    }

    /// <summary>Says that no engine can be reached; null where one can be, or there is none.</summary>
    private static string? FindNoneReachable(EngineStatusState state) =>
        AreAllDown(state) ? $"no engine can be reached; requests are still tried there: {NamesOf(state)}" : null;

    private static bool AreAllDown(EngineStatusState state) => state.Down > 0 && state.Down >= state.Engines;

    private static string NamesOf(EngineStatusState state) => string.Join(", ", state.Unread.Take(MaxNamed)) + (state.Unread.Count > MaxNamed ? ", ..." : "");

    /// <summary>The cluster in the scheduler's present view.</summary>
    internal ClusterSnapshot Snapshot() => _scheduler.Snapshot();
}
