using Microsoft.Extensions.Hosting;

namespace Llumnix.EngineEmulator;

/// <summary>Leaves Ctrl+C and signals to the program that hosts the engines.</summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
