using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Decisions;

/// <summary>
/// The instances of one mode: which of them are candidates, and why there is none. All calls are made under the scheduler's lock.
/// </summary>
/// <remarks>A class, not an interface: calls from code that is shared by both modes are cheaper.</remarks>
internal abstract class Fleet<TInstance>
    where TInstance : Instance
{
    /// <summary>All instances by slot.</summary>
    public abstract ReadOnlySpan<TInstance> Instances { get; }

    /// <summary>Runs a policy over candidates of the current view.</summary>
    public abstract DecisionScope<TInstance> Scope { get; }

    /// <summary>Brings health up to date. Costs nothing when nothing changed.</summary>
    public abstract void Refresh(Moment now);

    /// <summary>The instances that a request may get in a role.</summary>
    public abstract Candidates CandidatesOf(in PlacementRequest request, InferType role);

    /// <summary>Why a request gets no instance in a role: never <see cref="ScheduleOutcome.Placed"/> or <see cref="ScheduleOutcome.Deferred"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="role">The role.</param>
    /// <param name="fitting">What <see cref="CandidatesOf"/> gave as fitting, maybe none.</param>
    public abstract ScheduleOutcome WhyNone(in PlacementRequest request, InferType role, ReadOnlySpan<int> fitting);

    /// <summary>Begins an explanation: the role's instances, and why some of them are no candidates. Allocates.</summary>
    public abstract DecisionTrace<TInstance> Trace(in PlacementRequest request, InferType role);
}
