using Microsoft.Extensions.Hosting;

namespace Llumnix.Gateway.Hosting;

/// <summary>The lifetime of a gateway inside somebody else's process: signals are not its own.</summary>
internal sealed class GuestLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
