using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Llumnix.Adapters.Discovery;

/// <summary>Discovery by polling what the sidecars write into Redis.</summary>
/// <remarks>
/// A pod lives as long as its entry changes, measured by our own clock: it is dead when its entry has not changed for the TTL while entries of others
/// have. Until then an unusable value leaves the last usable one in place. Time in which no pod could write does not count. Nothing is deleted from
/// the store, where the entries of dead pods stay for ever; only digests of them are kept, and few of them are read. The keyspace is scanned in at
/// most <see cref="PacedScan.Share"/> of the time: in a store of some thousand keys a new pod is found at the next poll, in a larger one within two
/// rounds of <see cref="PacedScan"/>.
/// </remarks>
public sealed class RedisDiscovery : IDiscoverySource
{
    private readonly RedisDiscoveryOptions _options;
    private readonly IDiscoverySink _sink;
    private readonly TimeProvider _timeProvider;
    private readonly PolledPods _pods;
    private readonly StoreStatus _status;
    private PacedScan _listing;
    private bool _hasFailed;
    private long? _answered;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="options">Where to read, and how often.</param>
    /// <param name="sink">Receives the list after each poll; called from one loop only.</param>
    /// <param name="timeProvider">Intervals, timeouts, and the age of entries.</param>
    /// <param name="logger">Changes of availability, and entries that cannot be used.</param>
    /// <param name="observer">Telemetry, if any.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public RedisDiscovery(
        RedisDiscoveryOptions options, IDiscoverySink sink, TimeProvider timeProvider, ILogger<RedisDiscovery> logger,
        IDiscoveryObserver? observer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RefreshInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.StatusTtl, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RebuildWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Redis.Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(options.RetryTimes);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInstances, 1);
        (_options, _sink, _timeProvider) = (options, sink, timeProvider);
        _pods = new PolledPods(options, new DiscoverySkips(logger, observer), timeProvider);
        _listing = new PacedScan(timeProvider);
        _status = new StoreStatus($"Redis at {options.Redis.Host}:{options.Redis.Port}", "--discovery-redis-host and --discovery-redis-port", logger, timeProvider);
    }

    /// <inheritdoc/>
    public DiscoveryState State => _status.State;

    /// <summary>Polls until it is cancelled. A poll that outlasts the interval is followed, never overlapped, by the next.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing else ends the loop.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var store = new RedisStore(_options.Redis, PodKeys.RedisRights, PodEntry.MaxBytes, _timeProvider);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = _timeProvider.GetTimestamp();
            await RefreshAsync(store, cancellationToken);
            TimeSpan rest = _options.RefreshInterval - _timeProvider.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, _timeProvider, cancellationToken);
            }
        }
    }

    private async Task RefreshAsync(RedisStore store, CancellationToken cancellationToken)
    {
        string? error = null;
        for (int attempt = 0; attempt <= _options.RetryTimes; attempt++)
        {
            error = await TryPollAsync(store, cancellationToken);
            if (error is null)
            {
                _status.Answered(_pods.Silence);
                return;
            }
        }

        _status.Failed(error!);
    }

    private async Task<string?> TryPollAsync(RedisStore store, CancellationToken cancellationToken)
    {
        try
        {
            await PollAsync(store, cancellationToken);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            _hasFailed = true;
            string error = store.Describe(e);
            // Whatever went wrong, a new connection is the only remedy that a client has.
            await store.DisconnectAsync();
            _listing.Restart();
            return error;
        }
    }

    private async Task PollAsync(RedisStore store, CancellationToken cancellationToken)
    {
        List<DiscoveredInstance>? instances = await ReadAsync(store, cancellationToken);
        if (instances is null)
        {
            _listing = new PacedScan(_timeProvider);
            instances = await ReadAsync(store, cancellationToken);
        }

        _sink.Synchronize(instances!);
        (_hasFailed, _answered) = (false, _timeProvider.GetTimestamp());
    }

    private async Task<List<DiscoveredInstance>?> ReadAsync(RedisStore store, CancellationToken cancellationToken)
    {
        _pods.BeginPoll();
        await ListAsync(store, cancellationToken);
        _pods.BeginRead(TakeOutage());
        foreach (RedisKey[] keys in _pods.ToRead.Chunk(RedisStore.KeysPerRead))
        {
            _pods.Put(keys, await store.ReadAsync(keys, cancellationToken));
        }

        return _pods.Complete(await store.RunIdAsync(cancellationToken));
    }

    private async Task ListAsync(RedisStore store, CancellationToken cancellationToken)
    {
        if (await _listing.AdvanceAsync(ListPageAsync))
        {
            _pods.CompleteListing();
        }

        async Task<RedisValue> ListPageAsync(RedisValue cursor)
        {
            if (_listing.IsAtStart)
            {
                _pods.BeginListing();
            }

            (RedisValue next, RedisKey[] keys) = await store.ListAsync(PodKeys.RedisPrefix + "*", cursor, cancellationToken);
            Array.ForEach(keys, _pods.List);
            return next;
        }
    }

    /// <summary>The part of the outage before this poll that was not yet reported to the pods.</summary>
    private TimeSpan TakeOutage()
    {
        if (!_hasFailed || _answered is not { } answered)
        {
            return TimeSpan.Zero;
        }

        _answered = _timeProvider.GetTimestamp();
        return _timeProvider.GetElapsedTime(answered, _answered.Value);
    }
}
