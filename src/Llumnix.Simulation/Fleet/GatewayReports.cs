namespace Llumnix.Simulation.Fleet;

/// <summary>How gateways tell the scheduler how far their requests are.</summary>
public sealed record GatewayReports
{
    /// <summary>Time between two reports of all requests, above zero.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time until a first token is reported by itself, not negative; null: only with the next report of all requests.</summary>
    public TimeSpan? FirstTokenDelay { get; init; } = TimeSpan.FromMilliseconds(20);
}
