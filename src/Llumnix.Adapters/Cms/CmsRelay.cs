using System.Threading.Channels;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Cms;

/// <summary>
/// Writes into the CMS what a source says of instances, as their llumlets would. An instance of which no load is known is not written: its status would say
/// that it is idle. What was written before becomes stale in its reader, unless its engine is gone: then it takes no requests.
/// </summary>
/// <remarks>The source calls it again with each read of an engine, successful or not. Thread-safe; <see cref="RunAsync"/> runs once.</remarks>
public sealed class CmsRelay : IClusterStateSink
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RemoveTimeout = TimeSpan.FromSeconds(2);

    private readonly IStatusPublisher _publisher;
    private readonly Func<InstanceMetadata, InstanceMetadata> _describe;
    private readonly TimeSpan _metadataInterval;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Written> _written = new(StringComparer.Ordinal);
    private readonly Channel<IReadOnlyList<InstanceReading>> _newest =
        Channel.CreateBounded<IReadOnlyList<InstanceReading>>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Lock _gate = new();
    private IReadOnlyList<InstanceReading> _all = [];
    private volatile bool _isRewriteDue;
    private volatile string? _problem = "nothing was written yet";

    /// <summary>Makes a relay that does nothing until it is run.</summary>
    /// <param name="publisher">Where it writes.</param>
    /// <param name="describe">Makes the metadata that are written of those of the source; called once for each change of them, and after an engine came back.</param>
    /// <param name="metadataInterval">Time between two writes of unchanged metadata, above zero and below the keys' lifetime.</param>
    /// <param name="time">The clock.</param>
    public CmsRelay(IStatusPublisher publisher, Func<InstanceMetadata, InstanceMetadata> describe, TimeSpan metadataInterval, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(metadataInterval, TimeSpan.Zero);
        (_publisher, _describe, _metadataInterval, _time) = (publisher, describe, metadataInterval, time);
    }

    /// <summary>Why the instances are not in the CMS with their present load; null when they are.</summary>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        lock (_gate)
        {
            _all = readings;
            _newest.Writer.TryWrite(readings);
        }
    }

    /// <inheritdoc/>
    public void Update(IReadOnlyList<InstanceReading> changed)
    {
        var byId = changed.ToDictionary(static reading => reading.Metadata.InstanceId, StringComparer.Ordinal);
        lock (_gate)
        {
            // What waits to be written is replaced, so that it must be all of them again.
            Synchronize([.. _all.Select(reading => byId.GetValueOrDefault(reading.Metadata.InstanceId, reading))]);
        }
    }

    /// <inheritdoc/>
    public bool IsSilent() => false;

    /// <inheritdoc/>
    public void SetStoreAvailable(bool available)
    {
    }

    /// <summary>Has everything written once more: the store may have lost it.</summary>
    public void Rewrite() => _isRewriteDue = true;

    /// <summary>Writes until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (IReadOnlyList<InstanceReading> readings in _newest.Reader.ReadAllAsync(cancellationToken))
        {
            if (_isRewriteDue)
            {
                _isRewriteDue = false;
                foreach (Written written in _written.Values)
                {
                    (written.MetadataAt, written.Status) = (null, null);
                }
            }

            if (!await TryWriteAsync(readings, cancellationToken))
            {
                await Task.Delay(RetryDelay, _time, cancellationToken);
            }
        }
    }

    /// <summary>Deletes what was written, after <see cref="RunAsync"/> has ended.</summary>
    public async Task RemoveAsync()
    {
        using var timeout = new CancellationTokenSource(RemoveTimeout, _time);
        try
        {
            await Task.WhenAll(_written.Keys.Select(id => _publisher.TryRemoveAsync(id, timeout.Token)));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> TryWriteAsync(IReadOnlyList<InstanceReading> readings, CancellationToken cancellationToken)
    {
        string? problem = null;
        foreach ((InstanceMetadata metadata, InstanceStatus status) in readings)
        {
            if (!_written.TryGetValue(metadata.InstanceId, out Written? written))
            {
                _written.Add(metadata.InstanceId, written = new Written());
            }

            bool isKnown = status.Reading is not null;
            bool isGone = !isKnown && !status.Schedulable;
            if (!isKnown && !(isGone && written.IsIn))
            {
                problem ??= $"the engine of {metadata.InstanceId} does not tell its load";
                continue;
            }

            problem ??= isGone ? $"the engine of {metadata.InstanceId} does not answer" : null;
            if (!await TryWriteMetadataAsync(written, metadata, isGone, cancellationToken) || !await TryWriteStatusAsync(written, status, cancellationToken))
            {
                _problem = "the CMS does not take what is written";
                return false;
            }

            written.IsIn = true;
        }

        _problem = problem;
        return true;
    }

    private async Task<bool> TryWriteMetadataAsync(Written written, InstanceMetadata metadata, bool isGone, CancellationToken cancellationToken)
    {
        bool isBack = written.IsGone && !isGone;
        if (!ReferenceEquals(written.Source, metadata) || isBack)
        {
            // An engine that comes back is another process, with none of the requests of the one before.
            (written.Source, written.Metadata, written.MetadataAt) = (metadata, _describe(metadata), null);
        }

        written.IsGone = isGone;
        long now = _time.GetTimestamp();
        if (written.MetadataAt is { } at && _time.GetElapsedTime(at, now) < _metadataInterval)
        {
            return true;
        }

        bool isWritten = await _publisher.TryPublishAsync(written.Metadata!, cancellationToken);
        written.MetadataAt = isWritten ? now : null;
        return isWritten;
    }

    private async Task<bool> TryWriteStatusAsync(Written written, InstanceStatus status, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(written.Status, status))
        {
            return true;
        }

        bool isWritten = await _publisher.TryPublishAsync(status, cancellationToken);
        written.Status = isWritten ? status : null;
        return isWritten;
    }

    private sealed class Written
    {
        public InstanceMetadata? Source { get; set; }

        public InstanceMetadata? Metadata { get; set; }

        public long? MetadataAt { get; set; }

        public InstanceStatus? Status { get; set; }

        public bool IsGone { get; set; }

        public bool IsIn { get; set; }
    }
}
