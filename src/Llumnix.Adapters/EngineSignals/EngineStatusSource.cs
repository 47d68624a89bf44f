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
    /// <summary>Statuses are passed on in batches of what has arrived in so long.</summary>
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(10);

    /// <summary>The whole fleet is passed on at least so often; in between only what was heard of.</summary>
    private static readonly TimeSpan WholeInterval = TimeSpan.FromSeconds(1);

    private readonly IClusterStateSink _sink;
    private readonly TimeProvider _time;
    private readonly ReadingClock _clock;
    private readonly EngineReadings _readings;
    private readonly EngineScraper _scraper;
    private readonly Lock _gate = new();
    private readonly Lock _publishing = new();
    private readonly Dictionary<string, EngineRow> _rows = new(StringComparer.Ordinal);
    private readonly HashSet<EngineRow> _heard = [];
    private readonly SemaphoreSlim _changed = new(0, 1);
    private volatile bool _isListed;
    private volatile bool _isWholeDue = true;
    private long _wholeAt;

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
        (_sink, _time) = (sink, time);
        _sink.SetStoreAvailable(true);
        _clock = new ReadingClock(time, options.Lag);
        _readings = new EngineReadings(options.AreEnginesLocal, _clock);
        // Each answer of an engine that tells no load is a sign of life. They must be less than the staleness apart, or it would be stale between two of them.
        TimeSpan untilHalfStale = options.Staleness / 2;
        TimeSpan backoff = untilHalfStale < options.Scraper.MaxBackoff ? untilHalfStale : options.Scraper.MaxBackoff;
        Key = options.Scraper.ApiKeyFile.Length == 0 ? null : new EngineKey(options.Scraper.ApiKeyFile, time, logging.CreateLogger<EngineKey>());
        _scraper = new EngineScraper(options.Scraper with { MaxBackoff = backoff }, this, time, logging.CreateLogger<EngineScraper>(), Key);
    }

    /// <summary>The API key that engines are read with, kept up to date while this is run; null for none.</summary>
    public EngineKey? Key { get; }

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
                    .. _rows.Values.Select(static row => row.Problem is { } problem ? $"{row.Target.Id} ({WordsOf(problem.Reason, problem.Error)})" : null)
                        .OfType<string>().Order(StringComparer.Ordinal),
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

        _isWholeDue = true;
        Publish();
    }

    /// <summary>Passes statuses on until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(PublishChangesAsync(cancellationToken), Key?.RunAsync(cancellationToken) ?? Task.CompletedTask);

    /// <inheritdoc/>
    public void Recognised(EngineTarget engine, EngineFace face) => Find(engine)?.Recognise(face);

    /// <inheritdoc/>
    public void Read(EngineTarget engine, IReadOnlyList<RankSignals> ranks, long askedAt, long answeredAt)
    {
        if (Find(engine) is { } row)
        {
            Heard(row, row.Take(ranks, askedAt, _clock.Seconds));
        }
    }

    /// <inheritdoc/>
    public void ModelsRead(EngineTarget engine, IReadOnlyList<string> models)
    {
        if (Find(engine) is { } row && row.TakeModels(models))
        {
            Heard(row, concernsOthers: true);
        }
    }

    /// <inheritdoc/>
    public void Failed(EngineTarget engine, EngineReadFailure reason, string error)
    {
        if (Find(engine) is { } row)
        {
            Heard(row, row.Fail(reason, error));
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

    private static string WordsOf(EngineReadFailure problem, string error) => problem switch
    {
        EngineReadFailure.Timeout => "no answer in time",
        EngineReadFailure.Connection => error,
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

    private void Heard(EngineRow row, bool concernsOthers)
    {
        lock (_gate)
        {
            _heard.Add(row);
        }

        if (concernsOthers)
        {
            _isWholeDue = true;
        }

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
            if (!_isListed)
            {
                return;
            }

            bool isWhole = _isWholeDue || _time.GetElapsedTime(_wholeAt) >= WholeInterval;
            // Before the rows are looked at: what changes from here on makes the next pass a whole one.
            _isWholeDue = false;
            (EngineRow Row, IReadOnlyList<DiscoveredInstance> Instances)[] rows;
            lock (_gate)
            {
                rows = [.. (isWhole ? (IEnumerable<EngineRow>)_rows.Values : _heard).Select(static row => (row, row.Instances))];
                _heard.Clear();
            }

            if (isWhole)
            {
                _wholeAt = _time.GetTimestamp();
                _sink.Synchronize(_readings.MakeAll(rows));
            }
            else
            {
                _sink.Update(_readings.MakeChanged(rows));
            }
        }
    }
}
