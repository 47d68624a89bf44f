using Llumnix.Server.Leadership.Peers;

namespace Llumnix.Server.Leadership;

/// <summary>Runs the replica while the host runs, and hands over at its end.</summary>
/// <param name="parts">The replica.</param>
/// <param name="streams">Told out before the lease is given back.</param>
internal sealed class ReplicaService(LeadershipParts parts, LedgerStreams streams) : BackgroundService
{
    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        parts.Replica.BeforeHandOver = streams.FlushAsync;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await parts.Replica.ResignAsync();
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => parts.Replica.RunAsync(stoppingToken);
}
