using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Secrets;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Mirroring;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Requests;
using Microsoft.Extensions.Hosting;

namespace Llumnix.Gateway.Hosting;

/// <summary>What goes on beside requests for as long as the gateway runs.</summary>
internal sealed class GatewayTasks(IDiscoverySource discovery, IRequestPlacer placer, ActiveRequests active, ApiKeys? keys, EngineKey? engineKey, TrafficMirror? mirror) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        discovery.RunAsync(stoppingToken),
        placer.RunAsync(stoppingToken),
        active.RunAsync(stoppingToken),
        keys?.RunAsync(stoppingToken) ?? Task.CompletedTask,
        engineKey?.RunAsync(stoppingToken) ?? Task.CompletedTask,
        mirror?.RunAsync(stoppingToken) ?? Task.CompletedTask);
}
