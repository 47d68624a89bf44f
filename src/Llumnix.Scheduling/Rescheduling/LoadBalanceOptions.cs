namespace Llumnix.Scheduling.Rescheduling;

/// <summary>What the two load balancing policies have in common.</summary>
public sealed record LoadBalanceOptions
{
    /// <summary>
    /// The instances among which pairs are formed: <c>--rescheduling-load-balance-scope</c>. Within units the load thresholds do not apply.
    /// </summary>
    public LoadBalanceScope Scope { get; init; }

    /// <summary>Smallest difference in load that justifies a migration, not negative: <c>--rescheduling-load-balance-threshold</c>.</summary>
    public double SmallestDifference { get; init; }

    /// <summary>What is migrated: <c>--rescheduling-req-select-{rule,order,value}</c>.</summary>
    public RequestSelection Selection { get; init; } = new(RequestSelectRule.Tokens, RequestSelectOrder.ShortestRunning, 1024);
}
