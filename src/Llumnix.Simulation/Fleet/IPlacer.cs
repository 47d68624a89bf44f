using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Simulation.Fleet;

/// <summary>Decides where requests go in a simulation: the scheduler, or a baseline to compare it with.</summary>
public interface IPlacer
{
    /// <summary>Takes the newest readings of all engines.</summary>
    void Synchronize(IReadOnlyList<InstanceReading> readings);

    /// <summary>Places a request.</summary>
    ScheduleOutcome Place(in PlacementRequest request, out Placement placement);

    /// <summary>Releases a part of a request that has ended.</summary>
    void Release(string requestId, in ReleasedInstance instance);

    /// <summary>Orders that an engine is drained, or ends that. Without meaning to placers that are no scheduler.</summary>
    /// <param name="instanceId">The engine.</param>
    /// <param name="isDrained">Whether it is from now on.</param>
    void Drain(string instanceId, bool isDrained)
    {
    }

    /// <summary>The fleets, one of each scheduler, whose silent engines are probed; none of placers that are no scheduler.</summary>
    IReadOnlyList<IProbedFleet> Probed => [];

    /// <summary>Takes over how far requests are. Without meaning to placers that do not use it.</summary>
    void Report(RequestProgressBatch progress)
    {
    }
}
