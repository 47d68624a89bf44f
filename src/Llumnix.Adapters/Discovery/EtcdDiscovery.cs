using System.Globalization;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Liveness;
using Llumnix.Adapters.Outages;
using Llumnix.Protocol.Etcd;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

/// <summary>Discovery by watching what the sidecars write into etcd under their leases.</summary>
/// <remarks>
/// A round reads everything and then watches from that revision on. It ends when the watch is lost, when the member can no longer prove that it is
/// part of the quorum, when the store turns out to be another one, or when a refresh is due; then the next round begins. While no member has the
/// quorum, the sink keeps its list. Pods that the store has lost stay until their writers have had time to write again.
/// </remarks>
public sealed partial class EtcdDiscovery : IDiscoverySource
{
    // Timers cannot run for longer than some weeks.
    private static readonly TimeSpan LongestRound = TimeSpan.FromDays(1);
    // etcd hashes passwords slowly on purpose: a wrong one must not be tried in quick succession.
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(2);
    private const int PodsPerInstance = 8;

    private readonly EtcdDiscoveryOptions _options;
    private readonly IDiscoverySink _sink;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<EtcdDiscovery> _logger;
    private readonly PodTable _table;
    private readonly StoreStatus _status;
    private readonly OutageLog _losses;
    private readonly EtcdBackoff _backoff = new();
    private long? _firstLoad;
    private bool _isRefused;
    private long _revision;
    private int _generation;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="options">What to follow.</param>
    /// <param name="sink">Receives the list when it changes, and after each full read; called from one loop only.</param>
    /// <param name="timeProvider">Intervals, timeouts, and the age of entries at the start.</param>
    /// <param name="logger">Changes of availability, lost watches, and entries that cannot be used.</param>
    /// <param name="observer">Telemetry, if any.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">An endpoint is none.</exception>
    public EtcdDiscovery(
        EtcdDiscoveryOptions options, IDiscoverySink sink, TimeProvider timeProvider, ILogger<EtcdDiscovery> logger,
        IDiscoveryObserver? observer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.LeaseTtl, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RefreshInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ProbeInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RebuildWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInstances, 1);
        new EtcdCluster(options.Etcd, timeProvider).Dispose();
        (_options, _sink, _timeProvider, _logger) = (options, sink, timeProvider, logger);
        _table = new PodTable(
            (int)Math.Min((long)options.MaxInstances * PodsPerInstance, Array.MaxLength),
            options.MaxInstances,
            new LossGuard(options.RebuildWindow, timeProvider),
            new DiscoverySkips(logger, observer),
            timeProvider);
        _status = new StoreStatus("etcd", "--discovery-etcd-endpoints", logger, timeProvider);
        _losses = new OutageLog(timeProvider);
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
            TellAnswer();
            await FollowAsync(cluster, member, loaded, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // An EtcdException holds no secrets; the message of any other exception might, so that only its kind is told.
            string error = e is EtcdException ? e.Message : FailureText.Describe(e);
            _isRefused = !isLoaded && e is EtcdException { IsRefusal: true };
            TellLoss(isLoaded, error);
        }
    }

    private void TellAnswer() => _status.Answered(_table.HasLostAll ? StoreStatus.LostAll : null);

    // A lost watch does not mean that the store is lost: the next read tells.
    private void TellLoss(bool isLoaded, string error)
    {
        if (!isLoaded)
        {
            _status.Failed(error);
        }
        else if (_losses.Fails(error))
        {
            LogLost(error);
        }
    }

    private async Task<ResponseHeader> LoadAsync(EtcdCluster cluster, EtcdMember member, CancellationToken cancellationToken)
    {
        _table.BeginRead();
        ResponseHeader header = await EtcdPods.ReadAsync(cluster, member, pair => Put(pair), cancellationToken);
        _table.CompleteRead(StoreOf(header));
        JudgeAges();
        _sink.Synchronize(_table.Instances());
        return header;
    }

    // A cluster that is set up afresh with the same members has the same id, but its revisions begin at the first one again.
    private string StoreOf(ResponseHeader header)
    {
        _generation += header.Revision < _revision ? 1 : 0;
        _revision = header.Revision;
        return string.Create(CultureInfo.InvariantCulture, $"{header.ClusterId:x} {_generation}");
    }

    // At the start, old entries without a lease are left out. A key that still exists one lease time later has a living writer, whatever its
    // timestamp says.
    private void JudgeAges()
    {
        if (_firstLoad is null)
        {
            // The reference is the earlier of our own clock and the newest entry's timestamp: a clock that is ahead, ours or that writer's, must not
            // make living entries look old.
            long nowMs = _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
            _table.ExpireOld(Math.Min(nowMs, _table.NewestMs) - (long)_options.LeaseTtl.TotalMilliseconds);
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
        // Both parts must have ended before the next round uses the sink.
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        await ended;
    }

    // The time until the refresh, or until something changes without an event: an entry left out for its age enters, or a lost pod leaves.
    private TimeSpan RoundLength()
    {
        TimeSpan length = _options.RefreshInterval < LongestRound ? _options.RefreshInterval : LongestRound;
        TimeSpan left = UntilLeasesGovern();
        length = _table.HasExpired && left < length ? left : length;
        return _table.UntilLostLeave is { } wait && wait < length ? wait : length;
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
                if (isRemoval)
                {
                    Remove(change.Kv);
                }
                else
                {
                    isChanged |= Put(change.Kv, isNew: true);
                }

                hasRoom |= isRemoval;
            }

            if (response.Fragment)
            {
                continue;
            }

            bool wasKeeping = _table.UntilLostLeave is not null;
            isChanged |= (isChanged || hasRoom || wasKeeping) && _table.Settle(store: null);
            if (isChanged)
            {
                _sink.Synchronize(_table.Instances());
                isChanged = false;
            }

            TellAnswer();
            if (_table.UntilLostLeave is not null != wasKeeping)
            {
                // The round ends when lost pods must leave.
                return;
            }

            if (hasRoom && _table.IsOverfull)
            {
                // A pod that was turned away may find room now: the next round reads everything.
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
            _revision = revision;
        }
    }

    private bool Put(KeyValue pair, bool isNew = false)
    {
        if (PodKeys.PodName(pair.Key.Span, PodKeys.EtcdPrefix) is not { } podName)
        {
            return false;
        }

        byte[] value = pair.Value.ToByteArray();
        bool hasLease = pair.Lease != 0;
        return isNew ? _table.Renew(podName, value, hasLease) : _table.Put(podName, value, hasLease);
    }

    private void Remove(KeyValue pair)
    {
        if (PodKeys.PodName(pair.Key.Span, PodKeys.EtcdPrefix) is { } podName)
        {
            _table.Remove(podName);
        }
    }
}
