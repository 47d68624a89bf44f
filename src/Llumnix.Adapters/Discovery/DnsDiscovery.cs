using System.Net;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

/// <summary>Discovery by looking up names, as those of headless services in Kubernetes: each address is an instance.</summary>
/// <remarks>
/// While a name cannot be looked up, its last instances stay. When no name has an address, which a resolver also says whose own source is away, the
/// whole list stays for <see cref="DnsDiscoveryOptions.EmptyWindow"/>. An address is an instance: a restarted engine at the same address is the same
/// one.
/// </remarks>
public sealed partial class DnsDiscovery : IDiscoverySource
{
    private readonly DnsDiscoveryOptions _options;
    private readonly IDiscoverySink _sink;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly List<DnsName> _names;
    private readonly StoreStatus _status;
    private long? _emptySince;
    private bool _isOverfull;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="options">The names.</param>
    /// <param name="sink">Receives the list after each round of lookups; called from one loop only.</param>
    /// <param name="timeProvider">Intervals and timeouts.</param>
    /// <param name="logger">Changes of availability.</param>
    /// <param name="lookUp">Asks the resolver; the system's when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public DnsDiscovery(
        DnsDiscoveryOptions options, IDiscoverySink sink, TimeProvider timeProvider, ILogger<DnsDiscovery> logger, DnsLookup? lookUp = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RefreshInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EmptyWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInstances, 1);
        (_options, _sink, _timeProvider, _logger) = (options, sink, timeProvider, logger);
        DnsLookup asked = lookUp ?? Dns.GetHostAddressesAsync;
        _names =
        [
            .. options.Names.Select(name => new DnsName(name, InferType.Neutral, asked)),
            .. options.PrefillNames.Select(name => new DnsName(name, InferType.Prefill, asked)),
            .. options.DecodeNames.Select(name => new DnsName(name, InferType.Decode, asked)),
        ];
        _status = new StoreStatus("DNS", "--discovery-dns-names", logger, timeProvider);
    }

    /// <inheritdoc/>
    public DiscoveryState State => _status.State;

    /// <summary>Looks up until it is cancelled. A round that outlasts the interval is followed, never overlapped, by the next.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing else ends the loop.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = _timeProvider.GetTimestamp();
            string?[] errors = await Task.WhenAll(_names.Select(name => name.RefreshAsync(_options.Timeout, _timeProvider, cancellationToken)));
            Tell(Array.Find(errors, static error => error is not null));
            TimeSpan rest = _options.RefreshInterval - _timeProvider.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, _timeProvider, cancellationToken);
            }
        }
    }

    private void Tell(string? error)
    {
        List<DiscoveredInstance> instances = Collect();
        bool isBelieved = IsBelieved(instances.Count, hasAnswered: error is null);
        if (isBelieved)
        {
            _sink.Synchronize(instances);
        }

        if (isBelieved && (error is null || !_status.State.FirstListLoaded))
        {
            _status.Answered(null);
        }

        if (error is not null || !isBelieved)
        {
            _status.Failed(error ?? "no name has an address");
        }
    }

    // An empty list is believed once it has been the answer of all names for the whole window.
    private bool IsBelieved(int count, bool hasAnswered)
    {
        if (count > 0 || !hasAnswered)
        {
            _emptySince = null;
            return count > 0;
        }

        _emptySince ??= _timeProvider.GetTimestamp();
        return _timeProvider.GetElapsedTime(_emptySince.Value) >= _options.EmptyWindow;
    }

    private List<DiscoveredInstance> Collect()
    {
        List<DiscoveredInstance> all =
            [.. _names.SelectMany(static name => name.Instances ?? []).DistinctBy(static instance => (instance.Host, instance.Port))];
        bool isOverfull = all.Count > _options.MaxInstances;
        if (isOverfull)
        {
            all.RemoveRange(_options.MaxInstances, all.Count - _options.MaxInstances);
        }

        if (isOverfull && !_isOverfull)
        {
            LogOverfull(_options.MaxInstances);
        }

        _isOverfull = isOverfull;
        return all;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Discovery in DNS finds more than {MaxInstances} addresses; the others are not used")]
    private partial void LogOverfull(int maxInstances);
}
