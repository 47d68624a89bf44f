using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Decisions;

/// <summary>
/// The load that placements add to instances before statuses or reports show it. All calls are made under the scheduler's lock.
/// </summary>
/// <remarks>A class, not an interface: calls from code that is shared by both modes are cheaper.</remarks>
internal abstract class Account<TInstance>
    where TInstance : Instance
{
    /// <summary>Whether a request that no candidate can serve in time is deferred instead of refused.</summary>
    public abstract bool IsDeferring { get; }

    /// <summary>Drops the entries that have outlived their lifetime.</summary>
    public abstract void Expire(Moment now);

    /// <summary>The facts about a request that filters, metrics and selectors read; the same for all of its roles.</summary>
    public abstract RequestFacts FactsOf(in PlacementRequest request, Moment now);

    /// <summary>Adds a placement to the load of its instance.</summary>
    /// <returns>The instance for the answer, with its load before the placement.</returns>
    public abstract PlacedInstance Add(in PlacementRequest request, TInstance instance, InferType role, in RequestFacts facts, Moment now);

    /// <summary>Records that a request is deferred, and keeps the time of its first deferral. Only called while <see cref="IsDeferring"/>.</summary>
    public abstract void Defer(string requestId, Moment now);

    /// <summary>Removes a request's placements on an instance. Unknown ones change nothing.</summary>
    public abstract void Release(string requestId, in ReleasedInstance instance);
}
