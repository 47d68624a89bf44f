using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Simulation.Fleet;

/// <summary>
/// Makes some requests those of others: they go to the first engine, and the placer learns nothing of them but what the engine's load shows.
/// </summary>
/// <param name="placer">Places all other requests.</param>
/// <param name="first">The engine that the requests of others go to.</param>
/// <param name="every">Each so many'th placement is of a request of others, from the first one on; at least 1.</param>
public sealed class OthersPlacer(IPlacer placer, InstanceMetadata first, int every) : IPlacer
{
    private readonly InstanceAddress _first = FullModeInstance.AddressOf(first);
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);
    private readonly RequestProgressBatch _own = new();
    private int _placements;

    /// <inheritdoc/>
    public IReadOnlyList<IProbedFleet> Probed => placer.Probed;

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<InstanceReading> readings) => placer.Synchronize(readings);

    /// <inheritdoc/>
    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        if (_placements++ % every != 0)
        {
            return placer.Place(in request, out placement);
        }

        _others.Add(request.Id);
        placement = new Placement(new PlacedInstance(_first, InferType.Neutral, null), null);
        return ScheduleOutcome.Placed;
    }

    /// <inheritdoc/>
    public void Release(string requestId, in ReleasedInstance instance)
    {
        if (!_others.Remove(requestId))
        {
            placer.Release(requestId, in instance);
        }
    }

    /// <inheritdoc/>
    public void Drain(string instanceId, bool isDrained) => placer.Drain(instanceId, isDrained);

    /// <inheritdoc/>
    public void Report(RequestProgressBatch progress)
    {
        _own.Clear();
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> others = _others.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int row = 0; row < progress.Count; row++)
        {
            if (!others.Contains(progress.RequestId(row)))
            {
                _own.Add(progress.RequestId(row), progress.InstanceId(row), progress.Tokens(row), progress.IsPrefillDone(row), progress.GatewayId(row));
            }
        }

        placer.Report(_own);
    }
}
