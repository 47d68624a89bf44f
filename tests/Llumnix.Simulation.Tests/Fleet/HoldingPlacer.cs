using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Holds every request back until a moment, then leaves it to another placer.</summary>
internal sealed class HoldingPlacer(IPlacer placer, VirtualClock clock, TimeSpan until) : IPlacer
{
    public void Synchronize(IReadOnlyList<InstanceReading> readings) => placer.Synchronize(readings);

    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        placement = default;
        return clock.Now < until ? ScheduleOutcome.Deferred : placer.Place(in request, out placement);
    }

    public void Release(string requestId, in ReleasedInstance instance) => placer.Release(requestId, in instance);
}
