namespace Llumnix.Server.Hosting;

/// <summary>Migrates running requests for as long as the host runs, where that is switched on.</summary>
internal sealed class ReschedulerService(SchedulingModeRuntime mode) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => mode.RescheduleAsync(stoppingToken);
}
