using System.Globalization;
using System.Net;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>Discovery by a fixed list: instances that never change.</summary>
public sealed class StaticDiscovery : IDiscoverySource
{
    // For tests with emulated engines, whose KV transfer port is their API port plus this.
    private const int AuxPortOffset = 20_000;

    private readonly IDiscoverySink _sink;
    private readonly List<DiscoveredInstance> _instances;
    private volatile DiscoveryState _state;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="instances">The instances. Of those with one id the first is taken.</param>
    /// <param name="sink">Receives the list, once.</param>
    /// <param name="timeProvider">The state's time.</param>
    public StaticDiscovery(IReadOnlyList<DiscoveredInstance> instances, IDiscoverySink sink, TimeProvider timeProvider)
    {
        _sink = sink;
        _instances = [.. instances.DistinctBy(static instance => instance.Id)];
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

    /// <summary>What is assumed of an instance of which only the address is known.</summary>
    /// <param name="endpoint">Its API server, with a port of 1 to 65535.</param>
    /// <param name="role">What it does.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is 0.</exception>
    public static DiscoveredInstance Describe(DnsEndPoint endpoint, InferType role)
    {
        ArgumentOutOfRangeException.ThrowIfZero(endpoint.Port, nameof(endpoint));
        int auxPort = AuxPortOffset + endpoint.Port;
        return new DiscoveredInstance
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{NameOf(role)}-{endpoint.Host}:{endpoint.Port}"),
            InferType = role,
            Host = endpoint.Host,
            Port = endpoint.Port,
            AuxIp = endpoint.Host,
            // An offset beyond port 65535 means that there is no KV transfer endpoint.
            AuxPort = auxPort <= IPEndPoint.MaxPort ? auxPort : 0,
        };
    }

    private static string NameOf(InferType role) => role switch
    {
        InferType.Prefill => "prefill",
        InferType.Decode => "decode",
        _ => "neutral",
    };
}
