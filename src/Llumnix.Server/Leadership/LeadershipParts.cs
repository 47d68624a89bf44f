using Llumnix.Server.Draining;

namespace Llumnix.Server.Leadership;

/// <summary>What the server needs of a replica.</summary>
/// <param name="Replica">The replica.</param>
/// <param name="Gateways">Takes what gateways tell, in place of the scheduler.</param>
/// <param name="Drains">Carries drains over a change of the leader; a hosted service, disposed as such.</param>
/// <param name="Http">The connections to other replicas.</param>
/// <param name="Telemetry">Counts.</param>
internal sealed record LeadershipParts(
    Replica Replica, GatewayRoster Gateways, DrainKeeper Drains, HttpMessageInvoker Http, LeadershipTelemetry Telemetry) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Replica.DisposeAsync();
}
