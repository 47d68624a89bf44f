using Llumnix.Scheduling;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Places by a scheduler, drains an instance at a moment, and notes what the scheduler tells of it at every poll from then on.</summary>
internal sealed class DrainingPlacer(FullModeScheduler scheduler, VirtualClock clock, string drained, TimeSpan at) : IPlacer
{
    private readonly SchedulerPlacer _placer = new(scheduler);

    /// <summary>What was told, and when.</summary>
    public List<(TimeSpan At, DrainingInstance Report)> Reports { get; } = [];

    /// <summary>Requests that were placed on the drained instance after the order.</summary>
    public int PlacedThere { get; private set; }

    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        _placer.Synchronize(readings);
        if (clock.Now < at)
        {
            return;
        }

        if (Reports.Count == 0)
        {
            scheduler.Drain(new DrainSelector(DrainScope.Instance, drained));
        }

        Reports.Add((clock.Now, scheduler.ReportDrains().Single().Instances.Single()));
    }

    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        ScheduleOutcome outcome = _placer.Place(in request, out placement);
        PlacedThere += Reports.Count > 0 && outcome == ScheduleOutcome.Placed && placement.First.Instance.InstanceId == drained ? 1 : 0;
        return outcome;
    }

    public void Release(string requestId, in ReleasedInstance instance) => _placer.Release(requestId, in instance);
}
