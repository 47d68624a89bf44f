using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Decisions;

/// <summary>
/// The instances of full or lite mode: finds the candidates of a request, or the reason why there is none. All calls are made under the scheduler's
/// lock.
/// </summary>
/// <remarks>A class, not an interface: calls from code that is shared by both modes are cheaper.</remarks>
internal abstract class Fleet<TInstance>
    where TInstance : Instance
{
    /// <summary>All instances by slot.</summary>
    public abstract ReadOnlySpan<TInstance> Instances { get; }

    /// <summary>The scope that runs a policy over candidates of the current view.</summary>
    public abstract DecisionScope<TInstance> Scope { get; }

    /// <summary>Brings the instances' health up to date. Free when nothing has changed.</summary>
    public abstract void Refresh(Moment now);

    /// <summary>The instances that a request may get in a role.</summary>
    public abstract Candidates CandidatesOf(in PlacementRequest request, InferType role);

    /// <summary>Why no instance is a candidate for a request in a role: never <see cref="ScheduleOutcome.Placed"/> or <see cref="ScheduleOutcome.Deferred"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="role">The role.</param>
    public abstract ScheduleOutcome WhyNone(in PlacementRequest request, InferType role);

    /// <summary>Begins an explanation: the instances of a role, with the reasons why some are not candidates. Allocates.</summary>
    public abstract DecisionTrace<TInstance> Trace(in PlacementRequest request, InferType role);
}
