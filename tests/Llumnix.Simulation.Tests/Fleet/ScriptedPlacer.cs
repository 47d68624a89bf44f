using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Places as a test says, and writes down each question and each release.</summary>
/// <param name="fleet">Is told of statuses and drains.</param>
/// <param name="engines">The engines.</param>
/// <param name="clock">The simulation's clock.</param>
/// <param name="choose">The engine of a request's n-th question, from 0; null: the request is held back.</param>
internal sealed class ScriptedPlacer(IPlacer fleet, IReadOnlyList<InstanceMetadata> engines, VirtualClock clock, Func<string, int, int?> choose) : IPlacer
{
    /// <summary>Milliseconds since the start, the request and the engines that it must not get, of each question in order.</summary>
    public List<(double Ms, string Id, string Excluded)> Questions { get; } = [];

    /// <summary>The released requests and their engines, in order.</summary>
    public List<(string Id, string Host)> Releases { get; } = [];

    public void Synchronize(IReadOnlyList<InstanceReading> readings) => fleet.Synchronize(readings);

    public void Drain(string instanceId, bool isDrained) => fleet.Drain(instanceId, isDrained);

    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        string id = request.Id;
        int asked = Questions.Count(question => question.Id == id);
        Questions.Add((clock.Now.TotalMilliseconds, id, string.Join(' ', request.ExcludedInstances ?? [])));
        int? chosen = choose(id, asked);
        placement = chosen is { } engine ? new Placement(new PlacedInstance(FullModeInstance.AddressOf(engines[engine]), InferType.Neutral, null), null) : default;
        return chosen is null ? ScheduleOutcome.Deferred : ScheduleOutcome.Placed;
    }

    public void Release(string requestId, in ReleasedInstance instance) => Releases.Add((requestId, instance.Host));
}
