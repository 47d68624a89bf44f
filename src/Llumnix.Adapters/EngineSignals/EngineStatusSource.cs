using System.Globalization;
using Llumnix.Adapters.Secrets;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>
/// A source of the cluster's state without a CMS: discovery tells which instances there are, and their own metrics what they do. Each engine is read in a loop of
/// its own. An engine whose metrics tell no load is scheduled by the own account alone.
/// </summary>
/// <remarks>
/// An engine whose connections break is out until it answers again, unless none answers: then the reading is at fault, not the fleet. Thread-safe.
/// </remarks>
public sealed class EngineStatusSource : IDiscoverySink, IEngineSignalObserver, IAsyncDisposable
{
    /// <summary>KV tokens that are assumed of an engine that tells no capacity, in a fleet where none does.</summary>
    private const long AssumedCapacity = 1 << 20;

    /// <summary>Statuses are passed on in batches of what has arrived in so long.</summary>
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(10);

    private readonly IClusterStateSink _sink;
    private readonly TimeProvider _time;
    private readonly ReadingClock _clock;
    private readonly bool _areEnginesLocal;
    private readonly EngineKey? _key;
    private readonly EngineScraper _scraper;
    private readonly Lock _gate = new();
    private readonly Lock _publishing = new();
    private readonly Dictionary<string, EngineRow> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Published> _published = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0, 1);
    private volatile bool _isListed;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="options">The options.</param>
    /// <param name="sink">Receives the statuses.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where its log goes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="IOException">The CA file cannot be used.</exception>
    /// <exception cref="EngineKeyException">The file of the engines' API key cannot be used.</exception>
    public EngineStatusSource(EngineStatusOptions options, IClusterStateSink sink, TimeProvider time, ILoggerFactory logging)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Lag, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Staleness, TimeSpan.Zero);
        (_sink, _time, _areEnginesLocal) = (sink, time, options.AreEnginesLocal);
        _sink.SetStoreAvailable(true);
        _clock = new ReadingClock(time, options.Lag);
        // Each answer of an engine that tells no load is a sign of life. They must be less than the staleness apart, or it would be stale between two of them.
        TimeSpan untilHalfStale = options.Staleness / 2;
        TimeSpan backoff = untilHalfStale < options.Scraper.MaxBackoff ? untilHalfStale : options.Scraper.MaxBackoff;
        _key = options.Scraper.ApiKeyFile.Length == 0 ? null : new EngineKey(options.Scraper.ApiKeyFile, time, logging.CreateLogger<EngineKey>());
        _scraper = new EngineScraper(options.Scraper with { MaxBackoff = backoff }, this, time, logging.CreateLogger<EngineScraper>(), _key);
    }

    /// <summary>The engines of discovery and how their load is known.</summary>
    public EngineStatusState State
    {
        get
        {
            lock (_gate)
            {
                int read = _rows.Values.Count(static row => row.Face != EngineFace.Unknown);
                string[] unread =
                [
                    .. _rows.Values.Where(static row => row.Problem is not null)
                        .Select(static row => $"{row.Target.Id} ({WordsOf(row.Problem)})").Order(StringComparer.Ordinal),
                ];
                return new EngineStatusState(
                    _isListed, _rows.Count, read, _rows.Values.Count(static row => row.IsDown), unread, _scraper.Reads, _scraper.Failures);
            }
        }
    }

    /// <summary>What tells the load of the engine at an address; <see cref="EngineFace.Unknown"/> where nothing does, or there is none.</summary>
    public EngineFace FaceOf(string host, int port)
    {
        lock (_gate)
        {
            return _rows.TryGetValue(AddressOf(host, port), out EngineRow? row) ? row.Face : EngineFace.Unknown;
        }
    }

    /// <summary>Whether the connections to the engine at an address break, so that nothing answers there.</summary>
    public bool IsDown(string host, int port)
    {
        lock (_gate)
        {
            return _rows.TryGetValue(AddressOf(host, port), out EngineRow? row) && row.IsDown;
        }
    }

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<DiscoveredInstance> instances)
    {
        var byAddress = instances.GroupBy(AddressOf, StringComparer.Ordinal).ToDictionary(static group => group.Key, StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (string gone in _rows.Where(row => !byAddress.TryGetValue(row.Key, out var at) || !row.Value.IsOf(at)).Select(static row => row.Key).ToArray())
            {
                _rows.Remove(gone);
                // Its loop ends by itself; what it may still report is of an address that is not in the rows any more.
                _ = _scraper.RemoveAsync(gone);
            }

            foreach ((string address, IGrouping<string, DiscoveredInstance> at) in byAddress)
            {
                if (!_rows.TryGetValue(address, out EngineRow? row))
                {
                    row = new EngineRow(new EngineTarget(address, new Uri($"http://{address}")));
                    _rows.Add(address, row);
                    _scraper.Add(row.Target);
                }

                row.Instances = [.. at];
            }

            _isListed = true;
        }

        Publish();
    }

    /// <summary>Passes statuses on until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(PublishChangesAsync(cancellationToken), _key?.RunAsync(cancellationToken) ?? Task.CompletedTask);

    /// <inheritdoc/>
    public void Recognised(EngineTarget engine, EngineFace face) => Find(engine)?.Recognise(face);

    /// <inheritdoc/>
    public void Read(EngineTarget engine, IReadOnlyList<RankSignals> ranks, long askedAt, long answeredAt)
    {
        if (Find(engine) is { } row)
        {
            row.Take(ranks, askedAt, _clock.Seconds);
            Signal();
        }
    }

    /// <inheritdoc/>
    public void ModelsRead(EngineTarget engine, IReadOnlyList<string> models)
    {
        if (Find(engine) is { } row && row.TakeModels(models))
        {
            Signal();
        }
    }

    /// <inheritdoc/>
    public void Failed(EngineTarget engine, EngineReadFailure reason)
    {
        if (Find(engine) is { } row)
        {
            row.Fail(reason);
            Signal();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _scraper.DisposeAsync();
        _changed.Dispose();
    }

    private async Task PublishChangesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _changed.WaitAsync(cancellationToken);
            await Task.Delay(BatchTime, _time, cancellationToken);
            Publish();
        }
    }

    private static string WordsOf(EngineReadFailure? problem) => problem switch
    {
        EngineReadFailure.Timeout => "no answer in time",
        EngineReadFailure.Connection => "no connection",
        EngineReadFailure.Denied => "status 401 or 403: it asks for another API key, --engine-api-key-file",
        EngineReadFailure.Status => "an answer that is not 200",
        EngineReadFailure.TooLarge => "an answer that is too large",
        _ => "an answer that tells no load",
    };

    private static string AddressOf(DiscoveredInstance instance) => AddressOf(instance.Host, instance.Port);

    private static string AddressOf(string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':') ? $"[{host.Trim('[', ']')}]" : host)}:{port}");

    private EngineRow? Find(EngineTarget engine)
    {
        lock (_gate)
        {
            return _rows.TryGetValue(engine.Id, out EngineRow? row) && ReferenceEquals(row.Target, engine) ? row : null;
        }
    }

    private void Signal()
    {
        try
        {
            _changed.Release();
        }
        catch (Exception signalledAlreadyOrDisposed) when (signalledAlreadyOrDisposed is SemaphoreFullException or ObjectDisposedException)
        {
        }
    }

    private void Publish()
    {
        lock (_publishing)
        {
            if (_isListed)
            {
                _sink.Synchronize(MakeReadings());
            }
        }
    }

    private List<InstanceReading> MakeReadings()
    {
        (EngineRow Row, IReadOnlyList<DiscoveredInstance> Instances)[] rows;
        lock (_gate)
        {
            rows = [.. _rows.Values.Select(static row => (row, row.Instances))];
        }

        bool isAnyUp = _areEnginesLocal || Array.Exists(rows, static row => !row.Row.IsDown);
        long assumed = rows.SelectMany(static row => row.Instances, static (row, instance) => row.Row.CapacityOf(instance)).Max() ?? AssumedCapacity;
        var readings = new List<InstanceReading>(rows.Length);
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach ((EngineRow row, IReadOnlyList<DiscoveredInstance> instances) in rows)
        {
            bool isOut = isAnyUp && row.IsDown;
            foreach (DiscoveredInstance instance in instances)
            {
                if (present.Add(instance.Id))
                {
                    readings.Add(ReadingOf(row, instance, assumed, isOut));
                }
            }
        }

        foreach (string gone in _published.Keys.Where(id => !present.Contains(id)).ToArray())
        {
            _published.Remove(gone);
        }

        return readings;
    }

    /// <summary>The reading of an instance: a new status only when something was heard of its engine, since a new status is a sign of life.</summary>
    private InstanceReading ReadingOf(EngineRow row, DiscoveredInstance instance, long assumedCapacity, bool isOut)
    {
        long version = row.Version;
        IReadOnlyList<string> models = row.Models;
        Published? before = _published.TryGetValue(instance.Id, out Published? known) && ReferenceEquals(known.Row, row) ? known : null;
        bool isDescribed = before is not null && before.Instance == instance && ReferenceEquals(before.Models, models);
        bool isCurrent = before is not null && before.Version == version && before.IsOut == isOut;
        if (isDescribed && isCurrent)
        {
            return before!.Reading;
        }

        InstanceMetadata metadata = isDescribed ? before!.Reading.Metadata : MetadataOf(instance, models);
        InstanceStatus status = isCurrent
            ? before!.Reading.Status
            : row.MakeStatus(instance, unchecked((known?.Reading.Status.UpdateId ?? 0) + 1), assumedCapacity, isOut, _clock);
        var published = new Published(row, instance, models, version, isOut, new InstanceReading(metadata, status));
        _published[instance.Id] = published;
        return published.Reading;
    }

    private static InstanceMetadata MetadataOf(DiscoveredInstance instance, IReadOnlyList<string> models) => new()
    {
        InstanceId = instance.Id,
        AnswerId = instance.Id,
        Models = instance.Model.Length > 0 ? [instance.Model] : models,
        InferType = instance.InferType,
        Ip = instance.Host,
        ApiServerPort = instance.Port,
        IpKvs = instance.Host,
        IpKvt = instance.AuxIp,
        KvtPort = instance.AuxPort,
        DataParallelRank = instance.DataParallelRank,
        DataParallelSize = Math.Max(1, instance.DataParallelSize),
        NodeId = instance.NodeId,
        Labels = instance.Labels,
        IsTerminating = instance.IsTerminating,
        UtcCreate = instance.Version,
    };

    private sealed record Published(
        EngineRow Row, DiscoveredInstance Instance, IReadOnlyList<string> Models, long Version, bool IsOut, InstanceReading Reading);
}
