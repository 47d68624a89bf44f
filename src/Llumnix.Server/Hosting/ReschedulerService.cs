namespace Llumnix.Server.Hosting;

/// <summary>Runs the rescheduler while the host runs, where rescheduling is on.</summary>
internal sealed class ReschedulerService(SchedulingModeRuntime mode) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => mode.RescheduleAsync(stoppingToken);
}
