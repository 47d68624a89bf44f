using Microsoft.Extensions.Hosting;

namespace Llumnix.Gateway.Hosting;

/// <summary>The lifetime of a gateway inside another program's process: it does not react to signals.</summary>
internal sealed class GuestLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
