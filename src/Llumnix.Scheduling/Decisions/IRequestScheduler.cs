using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Decisions;

/// <summary>Places and releases requests. Safe for concurrent use; no call blocks for longer than one decision.</summary>
public interface IRequestScheduler
{
    /// <summary>Chooses the instance or instances of a request and accounts for it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="placement">The chosen instance or pair; only set with <see cref="ScheduleOutcome.Placed"/>.</param>
    ScheduleOutcome Schedule(in PlacementRequest request, out Placement placement);

    /// <summary>
    /// Explains, role by role, the placement that a request would get now. Places nothing and leaves later decisions unchanged.
    /// </summary>
    IReadOnlyList<RoleExplanation> Explain(in PlacementRequest request);

    /// <summary>Removes a request's load from an instance that it no longer uses. Unknown or repeated releases change nothing.</summary>
    void Release(string requestId, in ReleasedInstance instance);
}
