using Microsoft.Extensions.Hosting;

namespace Llumnix.Adapters.Listeners;

/// <summary>
/// Rereads the listener's certificate periodically. Changes are found by content, since mounted secrets are replaced behind symbolic links.
/// </summary>
public sealed class CertificateRefresher(ListenerCertificate certificate, TimeProvider time) : BackgroundService
{
    /// <summary>Time between two readings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                certificate.Refresh();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
