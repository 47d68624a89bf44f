namespace Llumnix.Simulation.Fleet;

/// <summary>How gateways tell the scheduler how far their requests are.</summary>
public sealed record GatewayReports
{
    /// <summary>Time between two reports of all requests, above zero.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether a first token is reported at once, and not only with the next report.</summary>
    public bool AreFirstTokensAtOnce { get; init; }
}
