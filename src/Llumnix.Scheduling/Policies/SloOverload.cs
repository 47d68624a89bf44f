namespace Llumnix.Scheduling.Policies;

/// <summary>What happens to a request whose latency target no instance can meet.</summary>
public enum SloOverload
{
    /// <summary>It is refused.</summary>
    Reject,

    /// <summary>It goes to the instance that is the least bad.</summary>
    Spread,

    /// <summary>It goes to the instance that is already the worst, so that it makes no other request late.</summary>
    Triage,
}
