using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>
/// A policy's state between decisions. The scheduler calls its methods at each event; selectors read it through
/// <see cref="DecisionScope{TInstance}.State{TState}"/> and must not change it.
/// </summary>
/// <remarks>
/// All calls are made under the scheduler's lock, so they must be short. State per instance belongs in an array by slot, which
/// <see cref="OnMembersChanged"/> rebuilds. Times are milliseconds of the clock of <see cref="RequestFacts.NowMs"/>.
/// </remarks>
public abstract class PolicyState<TInstance>
    where TInstance : Instance
{
    /// <summary>Called when instances have joined or left; all instances get new slots.</summary>
    /// <param name="members">
    /// The members by their new slots. <see cref="Instance.Slot"/> still is the old slot, or -1 for a joining instance; departed instances are missing.
    /// </param>
    /// <param name="nowMs">The moment.</param>
    public virtual void OnMembersChanged(ReadOnlySpan<TInstance> members, double nowMs)
    {
    }

    /// <summary>Called when a status has acknowledged requests in flight. Full mode only.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="decodes">Number of acknowledged decodes, not negative.</param>
    /// <param name="nowMs">The moment.</param>
    public virtual void OnAcknowledged(TInstance instance, long decodes, double nowMs)
    {
    }

    /// <summary>Called before each decision, to bring the state up to date, since selectors must not change it.</summary>
    /// <param name="role">The role that an instance is chosen for.</param>
    /// <param name="healthy">
    /// Slots of the healthy instances of the role in ascending order, at least one. Not all of them need be candidates for the request.
    /// </param>
    /// <param name="instances">All instances by slot.</param>
    public virtual void PrepareDecision(InferType role, ReadOnlySpan<int> healthy, ReadOnlySpan<TInstance> instances)
    {
    }

    /// <summary>Called when a request has been placed and its load added to the instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="role">The role that it was chosen for.</param>
    /// <param name="request">The request.</param>
    /// <param name="isLate">Whether the selector expected it to miss its target: <see cref="Selection.IsLate"/>.</param>
    public virtual void OnPlaced(TInstance instance, InferType role, in RequestFacts request, bool isLate)
    {
    }

    /// <summary>Called before migrations are planned: brings the state up to date and returns the facts that rescheduling policies need.</summary>
    /// <param name="healthy">Slots of all healthy instances in ascending order, maybe none.</param>
    /// <param name="instances">All instances by slot.</param>
    /// <returns>Immutable facts for use outside of the lock; null when there are none.</returns>
    public virtual PolicyFacts? CaptureForPlan(ReadOnlySpan<int> healthy, ReadOnlySpan<TInstance> instances) => null;

    /// <summary>
    /// A copy for explaining a decision: <see cref="PrepareDecision"/> on the copy must not change this state. The copy is used under the lock only, so it
    /// may share data that preparing does not change; a state that prepares nothing may return itself.
    /// </summary>
    public virtual PolicyState<TInstance> Copy() => this;
}
