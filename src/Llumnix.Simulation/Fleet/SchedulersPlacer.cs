using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Simulation.Fleet;

/// <summary>Several schedulers for one fleet: each request's gateway asks one of them, and tells that one of the request.</summary>
/// <param name="schedulers">The schedulers, at least one.</param>
public sealed class SchedulersPlacer(IReadOnlyList<IPlacer> schedulers) : IPlacer
{
    private readonly RequestProgressBatch[] _reports = [.. schedulers.Select(static _ => new RequestProgressBatch())];

    /// <inheritdoc/>
    public IReadOnlyList<IProbedFleet> Probed { get; } = [.. schedulers.SelectMany(static scheduler => scheduler.Probed)];

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        foreach (IPlacer scheduler in schedulers)
        {
            scheduler.Synchronize(readings);
        }
    }

    /// <inheritdoc/>
    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement) =>
        schedulers[IndexOf(request.Id)].Place(in request, out placement);

    /// <inheritdoc/>
    public void Release(string requestId, in ReleasedInstance instance) => schedulers[IndexOf(requestId)].Release(requestId, in instance);

    /// <summary>Orders it at each of them: several schedulers that decide do not tell each other of drains.</summary>
    /// <inheritdoc/>
    public void Drain(string instanceId, bool isDrained)
    {
        foreach (IPlacer scheduler in schedulers)
        {
            scheduler.Drain(instanceId, isDrained);
        }
    }

    /// <inheritdoc/>
    public void Report(RequestProgressBatch progress)
    {
        Array.ForEach(_reports, static report => report.Clear());
        for (int row = 0; row < progress.Count; row++)
        {
            _reports[IndexOf(progress.RequestId(row))].Add(
                progress.RequestId(row), progress.InstanceId(row), progress.Tokens(row), progress.IsPrefillDone(row), progress.GatewayId(row));
        }

        for (int i = 0; i < _reports.Length; i++)
        {
            schedulers[i].Report(_reports[i]);
        }
    }

    private int IndexOf(ReadOnlySpan<char> requestId) => ChosenScheduler.IndexOf(requestId, schedulers.Count);
}
