using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.GoldenDecisions.Tests;

/// <summary>Writes down what a placer decides.</summary>
internal sealed class RecordingPlacer(IPlacer placer, DecisionHashes hashes) : IPlacer
{
    public void Synchronize(IReadOnlyList<InstanceReading> readings) => placer.Synchronize(readings);

    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        ScheduleOutcome outcome = placer.Place(in request, out placement);
        hashes.Add(request.Id, outcome, in placement);
        return outcome;
    }

    public void Release(string requestId, in ReleasedInstance instance) => placer.Release(requestId, in instance);
}
