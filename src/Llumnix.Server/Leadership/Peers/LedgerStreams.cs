using System.Collections.Concurrent;
using System.Net;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Options;

namespace Llumnix.Server.Leadership.Peers;

/// <summary>Streams the own ledger to all other replicas; follows their addresses as they change.</summary>
internal sealed class LedgerStreams(
    LedgerReplica? replica, IPeerAddresses peers, PeerOptions options, ServiceOptions service, TimeProvider time, ILoggerFactory logging) : BackgroundService
{
    private const int MaxPeers = 32;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<ReplicaKey, LedgerSender> _receivers = new();
    private readonly Dictionary<DnsEndPoint, (Task Running, CancellationTokenSource Stop)> _running = [];

    /// <summary>What streams to the replicas.</summary>
    internal IReadOnlyList<LedgerSender> Senders { get; private set; } = [];

    /// <summary>Which replicas refuse the service token, for /readyz; null for none.</summary>
    internal string? FindWarning()
    {
        string[] refusing = [.. Senders.Where(static sender => sender.IsRefused).Select(static sender => $"the replica {sender.Address} {LeadershipWarning.TokenRefused}")];
        return refusing.Length == 0 ? null : string.Join("; ", refusing);
    }

    /// <summary>Waits until the replicas know all that has happened here before the call, for <see cref="PeerOptions.FlushBound"/> at most.</summary>
    internal async Task FlushAsync(CancellationToken cancellation) =>
        await Task.WhenAll(Senders.Select(static sender => sender.FlushAsync()))
            .WaitAsync(options.FlushBound, time, cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (replica is null)
        {
            return;
        }

        var senders = new Dictionary<DnsEndPoint, LedgerSender>();
        while (!stoppingToken.IsCancellationRequested)
        {
            DnsEndPoint[] current = [.. peers.Current.Distinct().Take(MaxPeers)];
            foreach (DnsEndPoint gone in senders.Keys.Except(current).ToArray())
            {
                senders.Remove(gone);
                _running.Remove(gone, out (Task Running, CancellationTokenSource Stop) left);
                await left.Stop.CancelAsync();
                await left.Running;
                left.Stop.Dispose();
            }

            foreach (DnsEndPoint added in current.Except(senders.Keys))
            {
                var sender = new LedgerSender(added, replica, _receivers, options, service, time, logging.CreateLogger<LedgerSender>());
                var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                senders.Add(added, sender);
                _running.Add(added, (sender.RunAsync(stop.Token), stop));
            }

            Senders = [.. senders.Values];
            await Task.Delay(LookInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_running.Values.Select(static sender => sender.Running));
        foreach ((_, CancellationTokenSource stop) in _running.Values)
        {
            stop.Dispose();
        }
    }
}
