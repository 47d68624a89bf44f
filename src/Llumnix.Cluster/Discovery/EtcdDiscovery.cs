using Llumnix.Cluster.Etcd;
using Llumnix.Protocol.Etcd;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.Discovery;

/// <summary>Discovery by watching what the sidecars write into etcd under their leases.</summary>
/// <remarks>
/// A round reads everything and then watches from that revision on. It ends when the watch is lost, when the member cannot show any
/// more that it has the quorum, when the store turns out to be another one, or when a refresh is due; then the next round begins. While
/// no member has the quorum, the sink keeps its list.
/// </remarks>
public sealed partial class EtcdDiscovery : IDiscoverySource
{
    // A timer cannot be longer than some weeks.
    private static readonly TimeSpan LongestRound = TimeSpan.FromDays(1);
    // A wrong password costs etcd a slow hash at each attempt.
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(2);

    private readonly EtcdSourceOptions _options;
    private readonly IDiscoverySink _sink;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<EtcdDiscovery> _logger;
    private readonly PodTable _table;
    private readonly StoreStatus _status;
    private readonly EtcdBackoff _backoff = new();
    private long? _firstLoad;
    private string? _lastLoss;
    private bool _isRefused;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="options">What to follow.</param>
    /// <param name="sink">Takes the list when it changes, and after each full read; called from one loop only.</param>
    /// <param name="timeProvider">Intervals, timeouts, and the age of entries at the start.</param>
    /// <param name="logger">Changes of availability, lost watches, and entries that cannot be used.</param>
    /// <param name="observer">Telemetry, if any.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">An endpoint is none.</exception>
    public EtcdDiscovery(
        EtcdSourceOptions options, IDiscoverySink sink, TimeProvider timeProvider, ILogger<EtcdDiscovery> logger,
        IDiscoveryObserver? observer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.LeaseTtl, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RefreshInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ProbeInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInstances, 1);
        new EtcdCluster(options.Etcd, timeProvider).Dispose();
        (_options, _sink, _timeProvider, _logger) = (options, sink, timeProvider, logger);
        _table = new PodTable(options.MaxInstances, options.MaxInstances, new DiscoverySkips(logger, observer), timeProvider);
        _status = new StoreStatus("etcd", logger, timeProvider);
    }

    /// <inheritdoc/>
    public DiscoveryState State => _status.State;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var cluster = new EtcdCluster(_options.Etcd, _timeProvider);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = _timeProvider.GetTimestamp();
            await RunRoundAsync(cluster, cancellationToken);
            if (_timeProvider.GetElapsedTime(start) >= StableAfter && _status.State.Available)
            {
                _backoff.Reset();
            }

            TimeSpan pause = _backoff.Next();
            await Task.Delay(_isRefused ? RefusedPause : pause, _timeProvider, cancellationToken);
        }
    }

    private async Task RunRoundAsync(EtcdCluster cluster, CancellationToken cancellationToken)
    {
        bool isLoaded = false;
        _isRefused = false;
        try
        {
            EtcdMember member = await cluster.SelectAsync(cancellationToken);
            ResponseHeader loaded = await LoadAsync(cluster, member, cancellationToken);
            isLoaded = true;
            _status.Answered();
            await FollowAsync(cluster, member, loaded, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // Every error of etcd's is an EtcdException and has no secret; whatever else comes is told by its type alone.
            string error = e is EtcdException ? e.Message : e.GetType().Name;
            _isRefused = !isLoaded && e is EtcdException { IsRefusal: true };
            TellLoss(isLoaded, error);
        }
    }

    // A lost watch is no loss of the store: only the next read tells whether that answers.
    private void TellLoss(bool isLoaded, string error)
    {
        if (!isLoaded)
        {
            _status.Failed(error);
        }
        else if (error != _lastLoss)
        {
            LogLost(error);
        }

        _lastLoss = isLoaded ? error : _lastLoss;
    }

    private async Task<ResponseHeader> LoadAsync(EtcdCluster cluster, EtcdMember member, CancellationToken cancellationToken)
    {
        _table.BeginRead();
        ResponseHeader header = await EtcdPods.ReadAsync(cluster, member, pair => Put(pair), cancellationToken);
        _table.CompleteRead();
        JudgeAges();
        _sink.Synchronize(_table.Instances());
        return header;
    }

    // Old entries are left out at the start. Once a lease has passed since, leases govern: a key that is still there has a writer that lives.
    private void JudgeAges()
    {
        if (_firstLoad is null)
        {
            _table.Expire(_options.LeaseTtl);
            _firstLoad = _timeProvider.GetTimestamp();
        }
        else if (UntilLeasesGovern() > TimeSpan.Zero)
        {
            _table.ForgetExpiryOfWritten();
        }
        else
        {
            _table.ForgetExpiry();
        }
    }

    private TimeSpan UntilLeasesGovern()
    {
        TimeSpan left = _options.LeaseTtl - _timeProvider.GetElapsedTime(_firstLoad!.Value);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task FollowAsync(
        EtcdCluster cluster, EtcdMember member, ResponseHeader loaded, CancellationToken cancellationToken)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using EtcdWatch watch = await EtcdWatch.OpenAsync(cluster, member, EtcdPods.Keys, loaded.Revision + 1, round.Token);
        Task[] parts =
        [
            WatchAsync(watch, round.Token),
            ProbeAsync(cluster, member, loaded, round.Token),
            Task.Delay(RoundLength(), _timeProvider, round.Token),
        ];
        Task ended = await Task.WhenAny(parts);
        await round.CancelAsync();
        // The next round may not begin before the sink is left alone by this one.
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        await ended;
    }

    // What was left out at the start because of its age is in when its key has outlived a lease.
    private TimeSpan RoundLength()
    {
        TimeSpan length = _options.RefreshInterval < LongestRound ? _options.RefreshInterval : LongestRound;
        TimeSpan left = UntilLeasesGovern();
        return _table.HasExpired && left < length ? left : length;
    }

    private async Task WatchAsync(EtcdWatch watch, CancellationToken cancellationToken)
    {
        bool isChanged = false;
        while (true)
        {
            WatchResponse response = await watch.NextAsync(cancellationToken);
            bool hasRoom = false;
            foreach (Event change in response.Events)
            {
                bool isRemoval = change.Type == Event.Types.EventType.Delete;
                isChanged |= isRemoval ? Remove(change.Kv) : Put(change.Kv, isNew: true);
                hasRoom |= isRemoval;
            }

            if (isChanged && !response.Fragment)
            {
                _sink.Synchronize(_table.Instances());
                isChanged = false;
            }

            if (hasRoom && _table.IsOverfull)
            {
                // Somebody who was turned away may come in: the next round reads everything.
                return;
            }
        }
    }

    private async Task ProbeAsync(
        EtcdCluster cluster, EtcdMember member, ResponseHeader loaded, CancellationToken cancellationToken)
    {
        long revision = loaded.Revision;
        while (true)
        {
            await Task.Delay(_options.ProbeInterval, _timeProvider, cancellationToken);
            ResponseHeader header = await EtcdPods.ProbeAsync(cluster, member, cancellationToken);
            if (header.ClusterId != loaded.ClusterId || header.Revision < revision)
            {
                throw new EtcdException($"{member.Name}: the store is another one than before");
            }

            revision = header.Revision;
        }
    }

    private bool Put(KeyValue pair, bool isNew = false)
    {
        if (PodKeys.PodName(pair.Key.Span, PodKeys.EtcdPrefix) is not { } podName)
        {
            return false;
        }

        byte[] value = pair.Value.ToByteArray();
        return isNew ? _table.Renew(podName, value) : _table.Put(podName, value);
    }

    private bool Remove(KeyValue pair) =>
        PodKeys.PodName(pair.Key.Span, PodKeys.EtcdPrefix) is { } podName && _table.Remove(podName);
}
