using Llumnix.Gateway.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Gateway.Placement.PowerOfTwo;

/// <summary>
/// Chooses an engine without a scheduler: of two random ones the one with fewer requests of this gateway. With several gateways this spreads load
/// nearly as well as the least loaded engine of all would, without the herd that follows from stale counts. Safe for concurrent use.
/// </summary>
/// <param name="engines">The engines, as discovery knows them.</param>
/// <param name="loads">The requests on them.</param>
/// <param name="random">Chooses the two; used under a lock of its own.</param>
internal sealed class PowerOfTwoPlacer(EngineDirectory engines, EngineLoads loads, Random random)
{
    private readonly Lock _gate = new();

    /// <summary>Chooses an engine of the role that is asked for, or with pd_batch one for prefill and one for decode.</summary>
    public PlacementAnswer Place(PlacementQuery query)
    {
        (InferType first, InferType? second) = query.Mode switch
        {
            SchedulingMode.PdBatch => (InferType.Prefill, InferType.Decode),
            SchedulingMode.PdStaged => (query.Stage, (InferType?)null),
            _ => (InferType.Neutral, null),
        };
        PlacementRefusal refusal = Choose(query, first, out EngineTarget? engine);
        EngineTarget? decode = null;
        if (refusal == PlacementRefusal.None && second is { } role)
        {
            refusal = Choose(query, role, out decode);
        }

        return refusal == PlacementRefusal.None
            ? new PlacementAnswer(refusal, new PowerOfTwoLease(loads, engine!), decode is null ? null : new PowerOfTwoLease(loads, decode))
            : new PlacementAnswer(refusal, null);
    }

    private PlacementRefusal Choose(PlacementQuery query, InferType role, out EngineTarget? chosen)
    {
        chosen = null;
        IReadOnlyList<EngineTarget> all = engines.Engines;
        List<EngineTarget> suited = [.. all.Where(engine => engine.Role == role && engine.Serves(query.Model))];
        if (suited.Count == 0)
        {
            return all.Count == 0 ? PlacementRefusal.NotReady : PlacementRefusal.NotFound;
        }

        if (query.Excluded.Count > 0)
        {
            suited.RemoveAll(engine => query.Excluded.Contains(engine.Id) || query.Excluded.Contains(engine.Endpoint));
            if (suited.Count == 0)
            {
                return PlacementRefusal.AllExcluded;
            }
        }

        (EngineTarget one, EngineTarget other) = Draw(suited);
        chosen = (loads.InFlight(other) < loads.InFlight(one) ? other : one).ByEndpoint();
        return PlacementRefusal.None;
    }

    /// <summary>Two different ones, where there are two.</summary>
    private (EngineTarget One, EngineTarget Other) Draw(List<EngineTarget> suited)
    {
        lock (_gate)
        {
            int one = random.Next(suited.Count);
            int other = suited.Count == 1 ? one : random.Next(suited.Count - 1);
            return (suited[one], suited[other >= one && suited.Count > 1 ? other + 1 : other]);
        }
    }
}
