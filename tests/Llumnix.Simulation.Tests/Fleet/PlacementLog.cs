using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Places by a baseline, and writes down when it was asked and what was known of the prompts.</summary>
internal sealed class PlacementLog(IPlacer placer, VirtualClock clock) : IPlacer
{
    /// <summary>Milliseconds since the start, the stage, and the prefix hits of each question, in order.</summary>
    public List<(double Ms, InferType Stage, PrefixHits? Hits)> Entries { get; } = [];

    public void Synchronize(IReadOnlyList<InstanceReading> readings) => placer.Synchronize(readings);

    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        Entries.Add((clock.Now.TotalMilliseconds, request.Stage, request.PrefixHits));
        return placer.Place(in request, out placement);
    }

    public void Release(string requestId, in ReleasedInstance instance) => placer.Release(requestId, in instance);
}
