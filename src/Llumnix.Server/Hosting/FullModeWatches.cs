using Llumnix.Scheduling;
using Llumnix.Server.Calibration;
using Llumnix.Server.Draining;
using Llumnix.Server.Fleet;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>What looks at a fleet in full mode, wherever its statuses come from: the loops that log what changes, and the gauges of the metrics page.</summary>
internal sealed class FullModeWatches
{
    private readonly FullModeScheduler _scheduler;
    private readonly ClusterGauges _gauges;
    private readonly DrainGauges _drainGauges;
    private readonly CalibrationGauges _calibrationGauges;
    private readonly FleetWatch _fleet;
    private readonly DrainWatch _drains;
    private readonly DriftWatch _drift;
    private readonly MissingTablesWatch _tables;

    /// <summary>Whether what reads the instances tells by itself that none can be reached.</summary>
    private readonly bool _isNoneReachableFound;

    /// <summary>Watches a scheduler.</summary>
    /// <param name="scheduler">The scheduler.</param>
    /// <param name="factory">Takes the gauges.</param>
    /// <param name="logging">Takes the log lines.</param>
    /// <param name="time">The clock of the loops.</param>
    /// <param name="stalenessFlag">The flag of the limit after which an instance is stale.</param>
    /// <param name="findNoneReachable">See <see cref="FleetWatch"/>.</param>
    internal FullModeWatches(
        FullModeScheduler scheduler, IMetricFactory factory, ILoggerFactory logging, TimeProvider time, string stalenessFlag, Func<string?>? findNoneReachable = null)
    {
        _scheduler = scheduler;
        _isNoneReachableFound = findNoneReachable is not null;
        _gauges = new ClusterGauges(factory);
        _drainGauges = new DrainGauges(factory);
        _calibrationGauges = new CalibrationGauges(factory);
        _fleet = new FleetWatch(scheduler.CaptureHealth, time, logging.CreateLogger<FleetWatch>(), stalenessFlag, findNoneReachable);
        _drains = new DrainWatch(scheduler.DrainControl, scheduler.CaptureHealth, time, logging.CreateLogger<DrainWatch>());
        _drift = new DriftWatch(scheduler.CaptureCalibration, time, logging.CreateLogger<DriftWatch>());
        _tables = new MissingTablesWatch(scheduler.Snapshot, time, logging.CreateLogger<MissingTablesWatch>());
    }

    /// <summary>The loops, to be run until they are cancelled.</summary>
    internal IEnumerable<Func<CancellationToken, Task>> Loops => [_fleet.RunAsync, _drains.RunAsync, _drift.RunAsync, _tables.RunAsync];

    /// <summary>What is worth a warning in <c>/readyz</c>; null: nothing.</summary>
    internal string? FindWarning() => SchedulingModeRuntime.Join(_isNoneReachableFound ? null : _fleet.FindWarning(), _drains.FindWarning());

    /// <summary>Sets the gauges to the present view.</summary>
    internal void ShowGauges()
    {
        _gauges.Show(_scheduler.Snapshot());
        _drainGauges.Show(_scheduler.DrainControl.ReportDrains());
        _calibrationGauges.Show(_scheduler.CaptureCalibration());
    }
}
