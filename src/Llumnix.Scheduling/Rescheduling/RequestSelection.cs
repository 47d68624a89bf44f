namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Selects the requests of a migration. The source's llumlet applies it.</summary>
/// <param name="Rule">The unit of <paramref name="Value"/>.</param>
/// <param name="Order">The order in which requests are taken.</param>
/// <param name="Value">Requests (-1 for all), tokens, or a share of the KV cache.</param>
public readonly record struct RequestSelection(RequestSelectRule Rule, RequestSelectOrder Order, double Value)
{
    /// <summary>All requests, the longest first: for an unhealthy source.</summary>
    public static RequestSelection Everything { get; } = new(RequestSelectRule.Requests, RequestSelectOrder.LongestRunning, -1);

    /// <summary>The request that has been decoding for the longest, which has the largest slack budget.</summary>
    public static RequestSelection Oldest { get; } = new(RequestSelectRule.Requests, RequestSelectOrder.FirstComeRunning, 1);

    /// <summary>The newest request: for bin packing.</summary>
    public static RequestSelection Newest { get; } = new(RequestSelectRule.Requests, RequestSelectOrder.LastComeRunning, 1);
}
