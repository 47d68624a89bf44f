using Llumnix.Adapters.Discovery;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Draining;
using Llumnix.Server.Fleet;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>Lite mode: the view comes from discovery, the load from the gateways.</summary>
internal sealed class LiteModeRuntime : SchedulingModeRuntime
{
    private readonly LiteModeScheduler _scheduler;
    private readonly IDiscoverySource _source;
    private readonly DiscoveryTelemetry _telemetry;
    private readonly LiteModeGauges _gauges;
    private readonly DrainGauges _drainGauges;
    private readonly FleetWatch _watch;
    private readonly DrainWatch _drainWatch;

    internal LiteModeRuntime(
        SchedulerOptions options,
        IMetricFactory factory,
        ILoggerFactory logging,
        TimeProvider time,
        Func<IDiscoverySink, IDiscoverySource>? discovery)
    {
        _scheduler = LiteModeFactory.Make(options, time, options.Peers.MakeKey(options.Service));
        _telemetry = new DiscoveryTelemetry(factory);
        _gauges = new LiteModeGauges(factory);
        _drainGauges = new DrainGauges(factory);
        _watch = new FleetWatch(_scheduler.CaptureHealth, time, logging.CreateLogger<FleetWatch>());
        _drainWatch = new DrainWatch(_scheduler.DrainControl, _scheduler.CaptureHealth, time, logging.CreateLogger<DrainWatch>());
        _source = discovery?.Invoke(_scheduler) ?? DiscoverySourceFactory.Make(options.Discovery, _scheduler, time, logging, _telemetry);
    }

    public override string Name => "lite";

    public override string StoreName => "discovery";

    public override LedgerReplica? Replica => _scheduler.Replica;

    public override IRequestScheduler Scheduler => _scheduler;

    public override DecisionHistory? History => _scheduler.History;

    public override IDrainControl Drains => _scheduler.DrainControl;

    public override IGatewaySink Gateways => _scheduler;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public override string? FindReasonNotReady()
    {
        DiscoveryState state = _source.State;
        return !state.Available ? $"discovery does not answer{(state.LastError is null ? "" : $": {state.LastError}")}"
            : !state.FirstListLoaded ? "the first list is not loaded yet"
            : state.Silence is { } silence ? $"discovery answers, but {silence}"
            : null;
    }

    public override string? FindWarning() => _drainWatch.FindWarning();

    public override Task RunAsync(CancellationToken cancellation) => Loops.RunAsync(cancellation, _source.RunAsync, _watch.RunAsync, _drainWatch.RunAsync);

    public override FleetSample CaptureFleet() => FleetSample.Of(_scheduler.Snapshot());

    public override void ShowGauges()
    {
        _gauges.Show(_scheduler.Snapshot());
        _drainGauges.Show(_scheduler.DrainControl.ReportDrains());
        _telemetry.Show(_source.State);
    }

    /// <summary>The fleet in the scheduler's present view.</summary>
    internal LiteModeSnapshot Snapshot() => _scheduler.Snapshot();
}
