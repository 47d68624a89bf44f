namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Which requests a migration moves. The llumlet of the source picks them.</summary>
/// <param name="Rule">The unit of <paramref name="Value"/>.</param>
/// <param name="Order">The order in which requests are taken.</param>
/// <param name="Value">Requests (-1 for all), tokens, or a share of the KV cache.</param>
public readonly record struct RequestSelection(RequestSelectRule Rule, RequestSelectOrder Order, double Value)
{
    /// <summary>Everything, the longest first: for a source that is failing.</summary>
    public static RequestSelection Everything { get; } = new(RequestSelectRule.Requests, RequestSelectOrder.LongestRunning, -1);

    /// <summary>The request that decodes for the longest: it has the most time in hand before its target.</summary>
    public static RequestSelection Oldest { get; } = new(RequestSelectRule.Requests, RequestSelectOrder.FirstComeRunning, 1);

    /// <summary>The request that came last: for bin packing.</summary>
    public static RequestSelection Newest { get; } = new(RequestSelectRule.Requests, RequestSelectOrder.LastComeRunning, 1);
}
