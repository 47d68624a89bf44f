using Llumnix.Adapters.Cms;
using Llumnix.Adapters.KvStore;
using Llumnix.Adapters.Llumlets;
using Llumnix.Adapters.Probes;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Leadership;
using Llumnix.Server.Options;
using Llumnix.Server.Rescheduling;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>Full mode: the view comes from the CMS.</summary>
internal sealed class FullModeRuntime : SchedulingModeRuntime
{
    private readonly FullModeScheduler _scheduler;
    private readonly CmsSource _source;
    private readonly CmsTelemetry _telemetry;
    private readonly FullModeWatches _watches;
    private readonly SilentInstanceProber? _prober;
    private readonly ProbeTelemetry? _probeTelemetry;
    private readonly MigrationExecutor? _migrations;
    private readonly Rescheduler? _rescheduler;
    private readonly ReschedulerLease? _lease;

    internal FullModeRuntime(SchedulerOptions options, IMetricFactory factory, ILoggerFactory logging, TimeProvider time)
    {
        (_scheduler, ReschedulingPlanner? planner, _) = SchedulerCore.Make(
            options, time, logging.CreateLogger<FullModeRuntime>(), options.Peers.MakeKey(options.Service));
        Gateways = new ProgressReports(_scheduler);
        _telemetry = new CmsTelemetry(factory);
        _watches = new FullModeWatches(_scheduler, factory, logging, time, "--instance-staleness-seconds");
        if (options.Failover.ProbeAfter > TimeSpan.Zero)
        {
            _prober = new SilentInstanceProber(_scheduler, new HealthProbe(time, SilentInstanceProber.Interval), options.Failover.ProbeAfter, time);
            _prober.Found += OnHealthFound;
            _probeTelemetry = new ProbeTelemetry(factory);
        }

        Prefixes = options.CacheAware.AsksStore ? PrefixLookupFactory.Make(options, factory, logging, time) : null;
        PrefixHistory = options.CacheAware.UsesHistory ? options.CacheAware.History : null;
        _source = new CmsSource(
            options.Cms, _scheduler, time, logging.CreateLogger<CmsSource>(), _telemetry);
        if (planner is not null)
        {
            _migrations = new MigrationExecutor(ReschedulerFactory.LlumletsOf(options), time);
            _lease = options.HighAvailability.IsEnabled ? ReschedulerFactory.MakeLease(options, time, logging) : null;
            Migrations = options.Console.IsEnabled ? new MigrationHistory(time) : null;
            _rescheduler = new Rescheduler(
                _scheduler,
                planner,
                _migrations,
                options.Rescheduling.Interval,
                new ReschedulingTelemetry(factory),
                time,
                logging.CreateLogger<Rescheduler>(),
                _lease,
                Migrations);
        }
    }

    public override PrefixHitLookup? Prefixes { get; }

    public override PrefixHistoryOptions? PrefixHistory { get; }

    public override MigrationHistory? Migrations { get; }

    public override string Name => "full";

    public override string StoreName => "cms";

    public override LedgerReplica? Replica => _scheduler.Replica;

    public override IRequestScheduler Scheduler => _scheduler;

    public override DecisionHistory? History => _scheduler.History;

    public override IDrainControl Drains => _scheduler.DrainControl;

    public override IGatewaySink Gateways { get; }

    public override async ValueTask DisposeAsync()
    {
        _migrations?.Dispose();
        if (_lease is not null)
        {
            await _lease.DisposeAsync();
        }

        if (Prefixes is not null)
        {
            await Prefixes.DisposeAsync();
        }
    }

    public override string? FindReasonNotReady()
    {
        CmsSourceState state = _source.State;
        return !state.Available ? $"the CMS does not answer{(state.LastError is null ? "" : $": {state.LastError}")}"
            : !state.FirstViewLoaded ? "the first view is not loaded yet"
            : state.Silence is { } silence ? $"the CMS answers, but {silence}"
            : null;
    }

    public override string? FindWarning() => _watches.FindWarning();

    public override Task RunAsync(CancellationToken cancellation)
    {
        Func<CancellationToken, Task>[] loops = [_source.RunAsync, .. _watches.Loops];
        return Loops.RunAsync(cancellation, _prober is null ? loops : [.. loops, _prober.RunAsync]);
    }

    public override async Task RescheduleAsync(CancellationToken cancellation)
    {
        if (_rescheduler is null)
        {
            return;
        }

        Task holding = _lease?.HoldAsync(cancellation) ?? Task.CompletedTask;
        await _rescheduler.RunAsync(cancellation);
        if (_lease is not null)
        {
            await _lease.ReleaseAsync();
        }

        await holding;
    }

    public override IReadOnlyDictionary<string, InstanceMetadata> CaptureMetadata() =>
        _scheduler.Snapshot().Instances.ToDictionary(static instance => instance.Metadata.InstanceId, static instance => instance.Metadata, StringComparer.Ordinal);

    public override int HealthFingerprint() => _scheduler.HealthFingerprint();

    public override FleetSample CaptureFleet() => FleetSample.Of(_scheduler.Snapshot());

    public override void ShowGauges()
    {
        _watches.ShowGauges();
        _telemetry.Show(_source.State);
        _probeTelemetry?.Show(_prober!);
    }

    /// <summary>The cluster in the scheduler's present view.</summary>
    internal ClusterSnapshot Snapshot() => _scheduler.Snapshot();
}
