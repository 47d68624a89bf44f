namespace Llumnix.Server.Leadership;

/// <summary>Runs the replica while the host runs, and hands over at its end.</summary>
internal sealed class ReplicaService(LeadershipParts parts) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await parts.Replica.ResignAsync();
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => parts.Replica.RunAsync(stoppingToken);
}
