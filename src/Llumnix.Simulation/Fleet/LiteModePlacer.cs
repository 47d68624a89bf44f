using Llumnix.Scheduling;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Simulation.Fleet;

/// <summary>Places requests with the real scheduler of lite mode, which knows which engines there are and what gateways report.</summary>
/// <param name="scheduler">A scheduler on the simulation's clock.</param>
public sealed class LiteModePlacer(LiteModeScheduler scheduler) : IPlacer
{
    private bool _isListed;

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        if (!_isListed)
        {
            _isListed = true;
            scheduler.Synchronize([.. readings.Select(static reading => Discovered(reading.Metadata))]);
        }
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

    private static DiscoveredInstance Discovered(InstanceMetadata metadata) => new()
    {
        Id = metadata.InstanceId,
        InferType = metadata.InferType,
        Host = metadata.Ip,
        Port = metadata.ApiServerPort,
        DataParallelSize = 1,
        Version = 1,
    };
}
