using System.Globalization;
using System.Net;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>Discovery by a fixed list: neutral instances that never change.</summary>
public sealed class StaticDiscovery : IDiscoverySource
{
    // For tests with emulated engines, whose KV transfer port is their API port plus this.
    private const int AuxPortOffset = 20_000;

    private readonly IDiscoverySink _sink;
    private readonly List<DiscoveredInstance> _instances;
    private volatile DiscoveryState _state;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="endpoints">The instances, with ports of 1 to 65535. Duplicates are taken once.</param>
    /// <param name="sink">Receives the list, once.</param>
    /// <param name="timeProvider">The state's time.</param>
    /// <exception cref="ArgumentOutOfRangeException">An endpoint has the port 0.</exception>
    public StaticDiscovery(IReadOnlyList<DnsEndPoint> endpoints, IDiscoverySink sink, TimeProvider timeProvider)
    {
        _sink = sink;
        _instances = [.. endpoints.Select(ToInstance).DistinctBy(instance => instance.Id)];
        _state = new DiscoveryState(true, false, null, null, timeProvider.GetUtcNow());
    }

    /// <inheritdoc/>
    public DiscoveryState State => _state;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_state.FirstListLoaded)
        {
            _sink.Synchronize(_instances);
            _state = _state with { FirstListLoaded = true };
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await ended.Task.WaitAsync(cancellationToken);
    }

    private static DiscoveredInstance ToInstance(DnsEndPoint endpoint)
    {
        ArgumentOutOfRangeException.ThrowIfZero(endpoint.Port, nameof(endpoint));
        int auxPort = AuxPortOffset + endpoint.Port;
        return new DiscoveredInstance
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"neutral-{endpoint.Host}:{endpoint.Port}"),
            InferType = InferType.Neutral,
            Host = endpoint.Host,
            Port = endpoint.Port,
            AuxIp = endpoint.Host,
            // An offset beyond port 65535 means that there is no KV transfer endpoint.
            AuxPort = auxPort <= IPEndPoint.MaxPort ? auxPort : 0,
        };
    }
}
