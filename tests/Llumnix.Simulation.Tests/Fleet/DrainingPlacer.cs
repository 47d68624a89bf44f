using Llumnix.Scheduling;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Places by a scheduler, and notes what it tells of the one instance that is drained, at every poll from then on.</summary>
internal sealed class DrainingPlacer(FullModeScheduler scheduler, VirtualClock clock) : IPlacer
{
    private readonly SchedulerPlacer _placer = new(scheduler);

    /// <summary>What was told, and when.</summary>
    public List<(TimeSpan At, DrainingInstance Report)> Reports { get; } = [];

    /// <summary>Requests that were placed on the draining instance.</summary>
    public int PlacedThere { get; private set; }

    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        _placer.Synchronize(readings);
        Reports.AddRange(scheduler.DrainControl.ReportDrains().Select(drain => (clock.Now, drain.Instances.Single())));
    }

    public void Drain(string instanceId, bool isDrained) => _placer.Drain(instanceId, isDrained);

    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        ScheduleOutcome outcome = _placer.Place(in request, out placement);
        PlacedThere += Reports.Count > 0 && outcome == ScheduleOutcome.Placed && placement.First.Instance.InstanceId == Reports[^1].Report.Id ? 1 : 0;
        return outcome;
    }

    public void Release(string requestId, in ReleasedInstance instance) => _placer.Release(requestId, in instance);
}
