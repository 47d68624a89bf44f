using Llumnix.Adapters.Outages;
using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Llumnix.Adapters.Cms;

/// <summary>Polls the CMS Redis and passes what the llumlets have written there to the cluster state sink.</summary>
/// <remarks>
/// An instance is in the view while both of its keys exist and each has given a usable value; an unusable value leaves the last usable one in place.
/// While the store fails, the sink keeps its view and is told that the store is not available. Each poll reads the status of the known instances by
/// their keys. Beside that the keyspace is scanned for new instances, in at most <see cref="PacedScan.Share"/> of the time: in a store of some
/// thousand keys a new instance is found at the next poll, in a larger one within two rounds of <see cref="PacedScan"/>.
/// </remarks>
public sealed partial class CmsSource
{
    private readonly CmsOptions _options;
    private readonly IClusterStateSink _sink;
    private readonly ICmsObserver? _observer;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<CmsSource> _logger;
    private readonly InstanceTable _table;
    private readonly OutageLog _outage;
    private readonly PacedScan _listing;
    private readonly List<TrackedInstance> _toRead = [];
    private readonly List<TrackedInstance> _toLookFor = [];
    private volatile CmsSourceState _state;
    private bool _isStateTold;
    private bool _wasOverfull;
    private long? _metadataRead;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="options">Where to read, and how often.</param>
    /// <param name="sink">Receives the readings; called from one loop only.</param>
    /// <param name="timeProvider">Intervals, timeouts and the rebuild window.</param>
    /// <param name="logger">Changes of availability, and values that cannot be used.</param>
    /// <param name="observer">Telemetry, if any.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public CmsSource(
        CmsOptions options, IClusterStateSink sink, TimeProvider timeProvider, ILogger<CmsSource> logger, ICmsObserver? observer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.StatusInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.MetadataInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Redis.Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(options.RetryTimes);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInstances, 1);
        (_options, _sink, _timeProvider, _logger, _observer) = (options, sink, timeProvider, logger, observer);
        _table = new InstanceTable(options.MaxInstances, options.RebuildWindow, timeProvider);
        _listing = new PacedScan(timeProvider);
        _outage = new OutageLog(timeProvider);
        _state = new CmsSourceState(false, false, null, null, timeProvider.GetUtcNow());
    }

    /// <summary>How the source is doing; may be read from any thread.</summary>
    public CmsSourceState State => _state;

    /// <summary>Polls until it is cancelled. A poll that outlasts the interval is followed, never overlapped, by the next.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing else ends the loop.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan interval = _options.StatusInterval < _options.MetadataInterval ? _options.StatusInterval : _options.MetadataInterval;
        await using var store = new RedisStore(_options.Redis, CmsKeys.Rights, MessageValue.MaxBytes, _timeProvider);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = _timeProvider.GetTimestamp();
            await RefreshAsync(store, cancellationToken);
            TimeSpan rest = interval - _timeProvider.GetElapsedTime(start);
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
            (List<InstanceReading>? readings, error) = await TryPollAsync(store, cancellationToken);
            if (readings is not null)
            {
                _sink.Synchronize(readings);
                break;
            }
        }

        SetState(error, error is null ? FindSilence() : _state.Silence);
    }

    private string? FindSilence() =>
        _table.HasLostAll ? "it has lost all instances at once"
        : _sink.IsSilent() ? "no status in it changes any more"
        : null;

    private async Task<(List<InstanceReading>? Readings, string? Error)> TryPollAsync(RedisStore store, CancellationToken cancellationToken)
    {
        try
        {
            return (await PollAsync(store, cancellationToken), null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            string error = store.Describe(e);
            // Whatever went wrong, a new connection is the only remedy that a client has.
            await store.DisconnectAsync();
            _listing.Restart();
            return (null, error);
        }
    }

    private async Task<List<InstanceReading>> PollAsync(RedisStore store, CancellationToken cancellationToken)
    {
        long start = _timeProvider.GetTimestamp();
        bool isMetadataDue = _metadataRead is not { } last || _timeProvider.GetElapsedTime(last, start) >= _options.MetadataInterval;
        await ListAsync(store, cancellationToken);
        await ReadStatusAsync(store, cancellationToken);
        await ReadMetadataAsync(store, isMetadataDue, cancellationToken);
        _metadataRead = isMetadataDue ? start : _metadataRead;
        string? runId = await store.RunIdAsync(cancellationToken);
        TellOverfull();
        return _table.CompletePoll(runId);
    }

    private async Task ListAsync(RedisStore store, CancellationToken cancellationToken)
    {
        if (await _listing.AdvanceAsync(ListPageAsync))
        {
            _table.CompleteListing();
        }

        async Task<RedisValue> ListPageAsync(RedisValue cursor)
        {
            if (_listing.IsAtStart)
            {
                _table.BeginListing();
            }

            (RedisValue next, RedisKey[] keys) = await store.ListAsync(CmsKeys.Pattern, cursor, cancellationToken);
            Array.ForEach(keys, _table.List);
            return next;
        }
    }

    private async Task ReadStatusAsync(RedisStore store, CancellationToken cancellationToken)
    {
        long start = _timeProvider.GetTimestamp();
        _toRead.Clear();
        _toRead.AddRange(_table.Instances);
        await ReadValuesAsync(store, "status", static instance => instance.Status, cancellationToken);
        _observer?.StatusRefreshed(_timeProvider.GetElapsedTime(start));
    }

    private async Task ReadMetadataAsync(RedisStore store, bool isDue, CancellationToken cancellationToken)
    {
        long start = _timeProvider.GetTimestamp();
        _toRead.Clear();
        _toLookFor.Clear();
        foreach (TrackedInstance instance in _table.Instances)
        {
            (InstanceTable.NeedsMetadata(instance, isDue) ? _toRead : _toLookFor).Add(instance);
        }

        await LookForMetadataAsync(store, cancellationToken);
        await ReadValuesAsync(store, "metadata", static instance => instance.Metadata, cancellationToken);
        if (isDue)
        {
            _observer?.MetadataRefreshed(_timeProvider.GetElapsedTime(start));
        }
    }

    // A missing key takes its instance out at once. EXISTS over many keys only counts; which of them is missing, only reading them tells.
    private async Task LookForMetadataAsync(RedisStore store, CancellationToken cancellationToken)
    {
        foreach (TrackedInstance[] instances in _toLookFor.Chunk(RedisStore.KeysPerRead))
        {
            RedisKey[] keys = Array.ConvertAll(instances, static instance => instance.Metadata.Key);
            if (await store.CountAsync(keys, cancellationToken) != keys.Length)
            {
                _toRead.AddRange(instances);
            }
        }
    }

    private async Task ReadValuesAsync<T>(
        RedisStore store, string kind, Func<TrackedInstance, TrackedValue<T>> valueOf, CancellationToken cancellationToken)
        where T : class
    {
        foreach (TrackedInstance[] instances in _toRead.Chunk(RedisStore.KeysPerRead))
        {
            RedisKey[] keys = Array.ConvertAll(instances, instance => valueOf(instance).Key);
            long askedAt = _timeProvider.GetTimestamp();
            StoredValue[] values = await store.ReadAsync(keys, cancellationToken);
            for (int i = 0; i < values.Length; i++)
            {
                Update(instances[i], valueOf(instances[i]), values[i], askedAt, kind);
            }
        }
    }

    private void Update<T>(TrackedInstance instance, TrackedValue<T> value, StoredValue stored, long askedAt, string kind)
        where T : class
    {
        CmsSkipReason? before = value.Skipped;
        bool isBack = value.IsAwaited && stored.IsPresent;
        bool isChanged = value.Update(stored, instance.Id, askedAt);
        if (isBack || isChanged)
        {
            _table.NoteChange();
        }

        if (!isChanged || value.Skipped is not { } reason)
        {
            return;
        }

        _observer?.ValueSkipped(reason);
        // An instance that writes the same unusable value at each push causes one log line, not two per second.
        if (reason != before)
        {
            LogSkipped(kind, instance.Id, reason);
        }
    }

    private void TellOverfull()
    {
        if (_table.IsOverfull && !_wasOverfull)
        {
            _observer?.ValueSkipped(CmsSkipReason.TooManyInstances);
            LogOverfull(_options.MaxInstances);
        }

        _wasOverfull = _table.IsOverfull;
    }

    private void SetState(string? error, string? silence)
    {
        CmsSourceState before = _state;
        bool isAvailable = error is null;
        bool isChanged = !_isStateTold || before.Available != isAvailable;
        _isStateTold = true;
        _state = new CmsSourceState(
            isAvailable, before.FirstViewLoaded || isAvailable, error, silence, isChanged ? _timeProvider.GetUtcNow() : before.Since);
        if (isChanged)
        {
            _sink.SetStoreAvailable(isAvailable);
        }

        if (error is not null)
        {
            if (_outage.Fails(error))
            {
                LogUnavailable(_options.Redis.Host, _options.Redis.Port, error);
            }
        }
        else if (_outage.Answers())
        {
            LogAvailable(_options.Redis.Host, _options.Redis.Port);
        }

        TellSilence(before.Silence);
    }
    // One line, even when the reason changes.
    private void TellSilence(string? before)
    {
        if (before is null && _state.Silence is { } silence)
        {
            LogSilent(silence);
        }
        else if (before is not null && _state.Silence is null)
        {
            LogHeard();
        }
    }
}
