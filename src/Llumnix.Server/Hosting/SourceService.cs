namespace Llumnix.Server.Hosting;

/// <summary>Keeps the scheduler's view fresh for as long as the host runs.</summary>
internal sealed class SourceService(SchedulingModeRuntime mode) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => mode.RunAsync(stoppingToken);
}
