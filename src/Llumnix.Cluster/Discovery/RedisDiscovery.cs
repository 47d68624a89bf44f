using Llumnix.Cluster.Redis;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Llumnix.Cluster.Discovery;

/// <summary>Discovery by polling what the sidecars write into Redis.</summary>
/// <remarks>
/// A value that is not usable leaves the last good one of its key in place, until that one is too old. Nothing is deleted from the
/// store: reading is all the right that the scheduler needs. After the store was away its entries are old, because nobody could write:
/// those that were in before have a while to be written again.
/// </remarks>
public sealed class RedisDiscovery : IDiscoverySource
{
    // Entries have no TTL in the store: those of pods that are long gone stay for ever, and must not take the place of the living.
    private const int KeysPerInstance = 8;

    private readonly RedisSourceOptions _options;
    private readonly int _maxKeys;
    private readonly IDiscoverySink _sink;
    private readonly TimeProvider _timeProvider;
    private readonly PodTable _table;
    private readonly StoreStatus _status;
    private readonly HashSet<RedisKey> _listed = [];
    private bool _hasFailed;
    private long? _answered;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="options">Where to read, and how often.</param>
    /// <param name="sink">Takes the list after each poll; called from one loop only.</param>
    /// <param name="timeProvider">Intervals, timeouts, and the age of entries.</param>
    /// <param name="logger">Changes of availability, and entries that cannot be used.</param>
    /// <param name="observer">Telemetry, if any.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public RedisDiscovery(
        RedisSourceOptions options, IDiscoverySink sink, TimeProvider timeProvider, ILogger<RedisDiscovery> logger,
        IDiscoveryObserver? observer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RefreshInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.StatusTtl, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RebuildWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Redis.Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(options.RetryTimes);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInstances, 1);
        (_options, _sink, _timeProvider) = (options, sink, timeProvider);
        _maxKeys = (int)Math.Min((long)options.MaxInstances * KeysPerInstance, Array.MaxLength);
        _table = new PodTable(_maxKeys, options.MaxInstances, new DiscoverySkips(logger, observer), timeProvider);
        _status = new StoreStatus($"Redis at {options.Redis.Host}:{options.Redis.Port}", logger, timeProvider);
    }

    /// <inheritdoc/>
    public DiscoveryState State => _status.State;

    /// <summary>Polls until it is cancelled. A poll that outlasts the interval is followed, never overlapped, by the next.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing else ends the loop.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var store = new RedisStore(_options.Redis, _timeProvider);
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
                _status.Answered();
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
            // Whatever went wrong, a new connection is the cure that a client has.
            await store.DisconnectAsync();
            return store.Describe(e);
        }
    }

    private async Task PollAsync(RedisStore store, CancellationToken cancellationToken)
    {
        _listed.Clear();
        await store.ListAsync(PodKeys.RedisPrefix + "*", List, cancellationToken);
        _table.BeginRead();
        foreach (RedisKey[] keys in _listed.Chunk(RedisStore.KeysPerRead))
        {
            RedisValue[] values = await store.ReadAsync(keys, cancellationToken);
            for (int i = 0; i < keys.Length; i++)
            {
                Put(keys[i], (byte[]?)values[i]);
            }
        }

        _table.CompleteRead();
        if (_hasFailed && _answered is { } answered)
        {
            _table.Excuse(
                _timeProvider.GetElapsedTime(answered),
                _options.RebuildWindow < _options.StatusTtl ? _options.RebuildWindow : _options.StatusTtl);
        }

        _table.Expire(_options.StatusTtl);
        _table.Shed(2 * _options.StatusTtl);
        _sink.Synchronize(_table.Instances());
        (_hasFailed, _answered) = (false, _timeProvider.GetTimestamp());
    }

    // One more than there is room for, so that the table can tell.
    private void List(RedisKey key)
    {
        if (_listed.Count <= _maxKeys)
        {
            _listed.Add(key);
        }
    }

    private void Put(RedisKey key, byte[]? value)
    {
        if (value is not null && PodKeys.PodName((byte[]?)key, PodKeys.RedisPrefix) is { } podName)
        {
            _table.Put(podName, value);
        }
    }
}
