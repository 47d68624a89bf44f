using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Serve;

/// <summary>What <c>llumnix serve</c> runs.</summary>
internal sealed record ServeSettings
{
    /// <summary>The engines that do both prefill and decode. There are either such ones or those for one of the two.</summary>
    public IReadOnlyList<DnsEndPoint> Engines { get; init; } = [];

    /// <summary>The engines for prefill.</summary>
    public IReadOnlyList<DnsEndPoint> PrefillEngines { get; init; } = [];

    /// <summary>The engines for decode.</summary>
    public IReadOnlyList<DnsEndPoint> DecodeEngines { get; init; } = [];

    /// <summary>Ports of the prefill engines' KV transfer, in their order, or one for all; empty: what static discovery assumes.</summary>
    public IReadOnlyList<int> KvTransferPorts { get; init; } = [];

    /// <summary>Whether engines are scheduled by their own metrics, where they have any; otherwise by what the gateway has sent alone.</summary>
    public bool AreEngineMetricsRead { get; init; } = true;

    /// <summary>Whether engines that hold a prompt's prefix, by where earlier prompts went, are preferred.</summary>
    public bool IsCacheAware { get; init; }

    /// <summary>The gateway's options.</summary>
    public GatewayOptions Gateway { get; init; } = new();

    /// <summary>Whether it is what the process is there for: then signals stop it and it writes a log.</summary>
    public bool IsProcess { get; init; }

    /// <summary>All engines, as discovery would tell of them.</summary>
    public IReadOnlyList<DiscoveredInstance> ToInstances() =>
    [
        .. Engines.Select(static engine => StaticDiscovery.Describe(engine, InferType.Neutral)),
        .. PrefillEngines.Select((engine, i) =>
        {
            DiscoveredInstance instance = StaticDiscovery.Describe(engine, InferType.Prefill);
            int port = KvTransferPorts.Count == 1 ? 0 : i;
            return port < KvTransferPorts.Count ? instance with { AuxPort = KvTransferPorts[port] } : instance;
        }),
        .. DecodeEngines.Select(static engine => StaticDiscovery.Describe(engine, InferType.Decode)),
    ];
}
