using Llumnix.Gateway.Health;
using Llumnix.Scheduling.Instances;

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

    /// <summary>Chooses an engine.</summary>
    public PlacementAnswer Place(PlacementQuery query)
    {
        IReadOnlyList<EngineTarget> all = engines.Engines;
        List<EngineTarget> suited = [.. all.Where(engine => engine.Role == InferType.Neutral && Serves(engine, query.Model))];
        if (suited.Count == 0)
        {
            return new PlacementAnswer(all.Count == 0 ? PlacementRefusal.NotReady : PlacementRefusal.NotFound, null);
        }

        if (query.Excluded.Count > 0)
        {
            suited.RemoveAll(engine => query.Excluded.Contains(engine.Id) || query.Excluded.Contains(engine.Endpoint));
            if (suited.Count == 0)
            {
                return new PlacementAnswer(PlacementRefusal.AllExcluded, null);
            }
        }

        (EngineTarget one, EngineTarget other) = Draw(suited);
        return new PlacementAnswer(
            PlacementRefusal.None, new PowerOfTwoLease(loads, (loads.InFlight(other) < loads.InFlight(one) ? other : one).ByEndpoint()));
    }

    private static bool Serves(EngineTarget engine, string model) => engine.Model.Length == 0 || model.Length == 0 || engine.Model == model;

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
