using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Places by a baseline, and writes down what was read of the first engine and what gateways reported.</summary>
internal sealed class ReadingLog(IPlacer placer, VirtualClock clock) : IPlacer
{
    /// <summary>Milliseconds since the start, and each new status.</summary>
    public List<(double Ms, InstanceStatus Status)> Statuses { get; } = [];

    /// <summary>Milliseconds since the start, and a reported row.</summary>
    public List<(double Ms, string Id, long Tokens, bool IsPrefillDone)> Rows { get; } = [];

    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        placer.Synchronize(readings);
        if (Statuses.Count == 0 || !ReferenceEquals(Statuses[^1].Status, readings[0].Status))
        {
            Statuses.Add((clock.Now.TotalMilliseconds, readings[0].Status));
        }
    }

    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement) => placer.Place(in request, out placement);

    public void Release(string requestId, in ReleasedInstance instance) => placer.Release(requestId, in instance);

    public void Report(RequestProgressBatch progress)
    {
        for (int row = 0; row < progress.Count; row++)
        {
            Rows.Add((clock.Now.TotalMilliseconds, progress.RequestId(row).ToString(), progress.Tokens(row), progress.IsPrefillDone(row)));
        }
    }
}
