using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Decisions;

/// <summary>
/// What placements add to the load of instances until the load is seen, released or expires. All calls are made under the scheduler's lock.
/// </summary>
/// <remarks>A class, not an interface: calls from code that is shared by both modes are cheaper.</remarks>
internal abstract class Account<TInstance>
    where TInstance : Instance
{
    /// <summary>Whether a request that no candidate can serve in time is deferred instead of refused.</summary>
    public abstract bool IsDeferring { get; }

    /// <summary>Drops what has outlived its lifetime.</summary>
    public abstract void Expire(Moment now);

    /// <summary>What a decision knows of a request; the same for all of its roles.</summary>
    public abstract RequestFacts FactsOf(in PlacementRequest request, Moment now);

    /// <summary>Adds a placement to the load of its instance.</summary>
    /// <returns>What the answer tells of the instance, with its load before the placement.</returns>
    public abstract PlacedInstance Add(in PlacementRequest request, TInstance instance, InferType role, in RequestFacts facts, Moment now);

    /// <summary>Remembers since when a request has been deferred. Only called while <see cref="IsDeferring"/>.</summary>
    public abstract void Defer(string requestId, Moment now);

    /// <summary>Removes a request's placements on an instance. Unknown ones change nothing.</summary>
    public abstract void Release(string requestId, in ReleasedInstance instance);
}
