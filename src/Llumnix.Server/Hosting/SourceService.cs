namespace Llumnix.Server.Hosting;

/// <summary>Runs the source, which keeps the scheduler's view fresh, while the host runs.</summary>
internal sealed class SourceService(SchedulingModeRuntime mode) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => mode.RunAsync(stoppingToken);
}
