using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Server.Options;

/// <summary>Which requests a load-balancing migration moves.</summary>
public sealed record MigrationOptions
{
    /// <summary>The unit of <see cref="Value"/>.</summary>
    public RequestSelectRule Rule { get; init; } = RequestSelectRule.Tokens;

    /// <summary>The order in which requests are taken.</summary>
    public RequestSelectOrder Order { get; init; } = RequestSelectOrder.ShortestRunning;

    /// <summary>
    /// How much is moved: requests (whole, 1 or above, -1 for all), tokens (whole, 1 or above) or a share of the KV cache (above 0, at
    /// most 1).
    /// </summary>
    public double Value { get; init; } = 1024;
}
