using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Simulation.Fleet;

/// <summary>Places requests by a gateway's own knowledge, on a static split of prefill and decode engines.</summary>
public sealed class BaselinePlacer : IPlacer
{
    private readonly BaselineKind _kind;
    private readonly Random _random;
    private readonly Candidate[][] _byRole;
    private readonly int[] _next = new int[3];
    private readonly Dictionary<(string Host, int Port), Candidate> _byEndpoint = [];

    /// <param name="kind">The rule.</param>
    /// <param name="engines">The engines' metadata.</param>
    /// <param name="random">Random choices.</param>
    public BaselinePlacer(BaselineKind kind, IReadOnlyList<InstanceMetadata> engines, Random random)
    {
        _kind = kind;
        _random = random;
        Candidate[] all = [.. engines.Select(static metadata => new Candidate(metadata))];
        foreach (Candidate candidate in all)
        {
            _byEndpoint[(candidate.Address.Host, candidate.Address.Port)] = candidate;
        }

        _byRole =
        [
            [.. all.Where(static candidate => candidate.InferType == InferType.Neutral)],
            [.. all.Where(static candidate => candidate.InferType == InferType.Prefill)],
            [.. all.Where(static candidate => candidate.InferType == InferType.Decode)],
        ];
    }

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
    }

    /// <inheritdoc/>
    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        placement = default;
        InferType first = request.Mode switch
        {
            SchedulingMode.PdBatch => InferType.Prefill,
            SchedulingMode.PdStaged => request.Stage,
            _ => InferType.Neutral,
        };
        if (Choose(first, request.ExcludedInstances) is not { } chosen)
        {
            return _byRole[(int)first].Length == 0 ? ScheduleOutcome.EndpointNotFound : ScheduleOutcome.AllExcluded;
        }

        if (request.Mode != SchedulingMode.PdBatch)
        {
            placement = new Placement(Take(chosen, first), null);
            return ScheduleOutcome.Placed;
        }

        if (Choose(InferType.Decode, excluded: null) is not { } decode)
        {
            return ScheduleOutcome.EndpointNotFound;
        }

        placement = new Placement(Take(chosen, InferType.Prefill), Take(decode, InferType.Decode));
        return ScheduleOutcome.Placed;
    }

    /// <inheritdoc/>
    public void Release(string requestId, in ReleasedInstance instance)
    {
        if (_byEndpoint.TryGetValue((instance.Host, instance.Port), out Candidate? candidate))
        {
            candidate.Requests--;
        }
    }

    private static PlacedInstance Take(Candidate candidate, InferType role)
    {
        candidate.Requests++;
        return new PlacedInstance(candidate.Address, role, null);
    }

    private Candidate? Choose(InferType role, IReadOnlyList<string>? excluded)
    {
        Candidate[] candidates = excluded is not { Count: > 0 } ? _byRole[(int)role]
            : [.. _byRole[(int)role].Where(candidate => !excluded.Contains(candidate.Address.InstanceId))];
        return candidates.Length == 0 ? null : _kind switch
        {
            BaselineKind.RoundRobin => candidates[_next[(int)role]++ % candidates.Length],
            BaselineKind.Random => candidates[_random.Next(candidates.Length)],
            BaselineKind.LeastRequests => Least(candidates),
            _ => Less(candidates[_random.Next(candidates.Length)], candidates[_random.Next(candidates.Length)]),
        };
    }

    private static Candidate Less(Candidate a, Candidate b) => b.Requests < a.Requests ? b : a;

    private static Candidate Least(Candidate[] candidates)
    {
        Candidate least = candidates[0];
        foreach (Candidate candidate in candidates)
        {
            least = Less(least, candidate);
        }

        return least;
    }

    private sealed class Candidate(InstanceMetadata metadata)
    {
        public InstanceAddress Address { get; } = FullModeInstance.AddressOf(metadata);

        public InferType InferType { get; } = metadata.InferType;

        public int Requests { get; set; }
    }
}
