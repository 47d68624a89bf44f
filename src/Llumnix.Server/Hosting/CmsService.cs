using Llumnix.Cluster.Cms;

namespace Llumnix.Server.Hosting;

/// <summary>Runs the CMS source for as long as the host runs.</summary>
internal sealed class CmsService(CmsSource source) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => source.RunAsync(stoppingToken);
}
