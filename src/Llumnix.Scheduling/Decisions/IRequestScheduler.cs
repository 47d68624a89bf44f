using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Decisions;

/// <summary>Places requests and takes note of those that are over. Safe for concurrent use; no call blocks for longer than one decision.</summary>
public interface IRequestScheduler
{
    /// <summary>Chooses the instance or instances of a request and accounts for it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="placement">Where it goes; only set with <see cref="ScheduleOutcome.Placed"/>.</param>
    ScheduleOutcome Schedule(in PlacementRequest request, out Placement placement);

    /// <summary>
    /// Why a request would go where it would go, role by role. Nothing is placed or accounted, and later decisions are what they would have been.
    /// </summary>
    IReadOnlyList<RoleExplanation> Explain(in PlacementRequest request);

    /// <summary>The request no longer uses an instance. Unknown or repeated releases change nothing.</summary>
    void Release(string requestId, in ReleasedInstance instance);
}
