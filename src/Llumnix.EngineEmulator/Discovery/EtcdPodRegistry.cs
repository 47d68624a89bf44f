using System.Collections.Concurrent;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Secrets;
using Microsoft.Extensions.Logging;

namespace Llumnix.EngineEmulator.Discovery;

/// <summary>Entries in etcd, each under a lease of its pod, with which it ends. A lost lease is replaced by a new one.</summary>
internal sealed partial class EtcdPodRegistry : IPodRegistry
{
    private const string Prefix = "llumnix/discovery/";
    private readonly EtcdClient _etcd;
    private readonly TimeSpan _leaseLifetime;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, long> _leases = new(StringComparer.Ordinal);
    private int _failing;

    /// <exception cref="ArgumentException">An endpoint is malformed.</exception>
    public EtcdPodRegistry(EngineHostOptions options)
    {
        _leaseLifetime = options.DiscoveryLeaseLifetime;
        _logger = options.LoggerFactory.CreateLogger<EtcdPodRegistry>();
        _etcd = new EtcdClient(
            new EtcdOptions
            {
                Endpoints = options.DiscoveryEtcd!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                User = options.DiscoveryEtcdUser,
                Password = new Secret(options.DiscoveryEtcdPassword),
            },
            options.TimeProvider);
    }

    /// <summary>A third of the lease's lifetime, so that a lease outlives two failed renewals.</summary>
    public TimeSpan Interval => _leaseLifetime / 3;

    public Task<bool> TryAnnounceAsync(string podName, byte[] entry, CancellationToken cancellationToken) =>
        TryAsync(() => AnnounceAsync(podName, entry, cancellationToken));

    /// <remarks>Where etcd has never taken an entry there is nothing to ask of it, and so nothing that would tell whether it answers.</remarks>
    public Task<bool> TryRemoveAsync(string podName, CancellationToken cancellationToken) => _leases.TryRemove(podName, out long lease)
        ? TryAsync(() => _etcd.RevokeLeaseAsync(lease, cancellationToken))
        : Task.FromResult(true);

    public ValueTask DisposeAsync()
    {
        _etcd.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AnnounceAsync(string podName, byte[] entry, CancellationToken cancellationToken)
    {
        long lease = await RenewAsync(podName, cancellationToken) ?? await _etcd.GrantLeaseAsync(_leaseLifetime, cancellationToken);
        _leases[podName] = lease;
        await _etcd.PutAsync(Prefix + podName, entry, lease, cancellationToken);
    }

    private async Task<long?> RenewAsync(string podName, CancellationToken cancellationToken) =>
        _leases.TryGetValue(podName, out long lease) && await _etcd.KeepLeaseAliveAsync(lease, cancellationToken) > TimeSpan.Zero
            ? lease
            : null;

    private async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            if (Interlocked.Exchange(ref _failing, 0) == 1)
            {
                LogAvailable();
            }

            return true;
        }
        catch (EtcdException e)
        {
            if (Interlocked.Exchange(ref _failing, 1) == 0)
            {
                LogUnavailable(e.Message);
            }

            return false;
        }
    }
}
