using Llumnix.Protocol.Http;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>A scheduler's answer to <c>/schedule</c>.</summary>
/// <param name="Outcome">The answer, or why there is none.</param>
/// <param name="Instances">The instances of the placement, each with a usable endpoint; empty unless the request is placed.</param>
/// <param name="Problem">Why there is no usable answer, for a log; empty when there is one.</param>
public sealed record SchedulerAnswer(SchedulerOutcome Outcome, IReadOnlyList<Instance> Instances, string Problem = "")
{
    /// <summary>Of a request that the scheduler holds: for how long it does that at most. Null of others.</summary>
    public TimeSpan? HoldTime { get; init; }

    /// <summary>Whether the scheduler has decided. Otherwise another scheduler should be asked.</summary>
    public bool IsDecision => Outcome < SchedulerOutcome.NotReady;

    internal static SchedulerAnswer Refused(SchedulerOutcome outcome, string problem = "") => new(outcome, [], problem);
}
