using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>
/// What a policy remembers from decision to decision. The scheduler tells it what happens; selectors read it through
/// <see cref="DecisionScope{TInstance}.State{TState}"/>, and change nothing in it.
/// </summary>
/// <remarks>
/// All calls are made under the scheduler's lock, so they must be short. What is kept per instance belongs in an array by slot that
/// <see cref="OnMembersChanged"/> rebuilds. Moments are milliseconds of the clock of <see cref="RequestFacts.NowMs"/>.
/// </remarks>
public abstract class PolicyState<TInstance>
    where TInstance : Instance
{
    /// <summary>Instances have joined or left, and all get new slots.</summary>
    /// <param name="members">
    /// The members by their new slots. <see cref="Instance.Slot"/> still is the old one, and -1 for those that join; who has left is missing.
    /// </param>
    /// <param name="nowMs">The moment.</param>
    public virtual void OnMembersChanged(ReadOnlySpan<TInstance> members, double nowMs)
    {
    }

    /// <summary>An engine's status has shown for the first time requests that were sent there. Full mode only.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="decodes">How many of them decode there, not negative.</param>
    /// <param name="nowMs">The moment.</param>
    public virtual void OnAcknowledged(TInstance instance, long decodes, double nowMs)
    {
    }

    /// <summary>A decision is about to be made: what must be settled before a selector looks is settled here.</summary>
    /// <param name="role">The role that an instance is chosen for.</param>
    /// <param name="healthy">
    /// Slots of the healthy instances of the role in ascending order, at least one. Not all of them need be candidates for the request at hand.
    /// </param>
    /// <param name="instances">All instances by slot.</param>
    public virtual void PrepareDecision(InferType role, ReadOnlySpan<int> healthy, ReadOnlySpan<TInstance> instances)
    {
    }

    /// <summary>A request was placed, and its load counts already.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="role">The role that it was chosen for.</param>
    /// <param name="request">The request.</param>
    /// <param name="isLate">Whether the selector knew that it misses its target: <see cref="Selection.IsLate"/>.</param>
    public virtual void OnPlaced(TInstance instance, InferType role, in RequestFacts request, bool isLate)
    {
    }

    /// <summary>Migrations are about to be planned: settles what must be settled, and tells what rescheduling policies want to know of the state.</summary>
    /// <param name="healthy">Slots of all healthy instances in ascending order, maybe none.</param>
    /// <param name="instances">All instances by slot.</param>
    /// <returns>Facts that no longer change, for use outside of the lock; null when there are none.</returns>
    public virtual PolicyFacts? CaptureForPlan(ReadOnlySpan<int> healthy, ReadOnlySpan<TInstance> instances) => null;

    /// <summary>
    /// A state for a decision that is explained and not made: what <see cref="PrepareDecision"/> does to it changes nothing here. Used under the lock only,
    /// so that it may share what decisions do not change; a state that prepares nothing may be its own copy.
    /// </summary>
    public virtual PolicyState<TInstance> Copy() => this;
}
