using Microsoft.Extensions.Hosting;

namespace Llumnix.Adapters.Embedding;

/// <summary>Runs the scheduler while the host runs. Once it has started, requests can be placed.</summary>
internal sealed class EmbeddedSchedulerService(EmbeddedScheduler scheduler) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The list of engines is taken over by the time that this call returns.
        _running = scheduler.RunAsync(_stop.Token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();
}
