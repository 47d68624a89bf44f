namespace Llumnix.Adapters.Leases;

/// <summary>How a lease is held.</summary>
public sealed record LeaseHolderOptions
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The lease's name.</summary>
    public string Name { get; init; } = "llumnix-scheduler";

    /// <summary>Time to live, at least 2 s.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The holder stops to count on the lease this long before its end: for clocks that run unequally, and for what is under way.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time from one renewal to the next, and bound on each: a third of the time to live, at most 1 s.</summary>
    public TimeSpan RenewInterval => Ttl / 3 < Second ? Ttl / 3 : Second;

    /// <summary>Time from one look of a candidate to the next, and from a failure to the next try; above zero.</summary>
    public TimeSpan FollowInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}
