using Llumnix.Scheduling;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Simulation.Fleet;

/// <summary>Places requests with the real scheduler.</summary>
/// <param name="scheduler">A scheduler on the simulation's clock.</param>
public sealed class SchedulerPlacer(FullModeScheduler scheduler) : IPlacer
{
    /// <inheritdoc/>
    public IReadOnlyList<IProbedFleet> Probed { get; } = [scheduler];

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        scheduler.SetStoreAvailable(true);
        scheduler.Synchronize(readings);
    }

    /// <inheritdoc/>
    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement) => scheduler.Schedule(in request, out placement);

    /// <inheritdoc/>
    public void Release(string requestId, in ReleasedInstance instance) => scheduler.Release(requestId, in instance);

    /// <inheritdoc/>
    public void Drain(string instanceId, bool isDrained)
    {
        var selector = new DrainSelector(DrainScope.Instance, instanceId);
        _ = isDrained ? scheduler.DrainControl.Drain(selector) == DrainOutcome.InForce : scheduler.DrainControl.UndoDrain(selector);
    }

    /// <inheritdoc/>
    public void Report(RequestProgressBatch progress) => scheduler.Report(progress);
}
