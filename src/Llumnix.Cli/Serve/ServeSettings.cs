using Llumnix.Adapters.Discovery;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Serve;

/// <summary>What <c>llumnix serve</c> runs.</summary>
internal sealed record ServeSettings
{
    /// <summary>The engines; those without a role do both prefill and decode. There are either such ones or those for one of the two.</summary>
    public IReadOnlyList<ListedEngine> Engines { get; init; } = [];

    /// <summary>More engines, for prefill.</summary>
    public IReadOnlyList<ListedEngine> PrefillEngines { get; init; } = [];

    /// <summary>More engines, for decode.</summary>
    public IReadOnlyList<ListedEngine> DecodeEngines { get; init; } = [];

    /// <summary>Ports of the prefill engines' KV transfer, in their order, or one for all; empty: what static discovery assumes.</summary>
    public IReadOnlyList<int> KvTransferPorts { get; init; } = [];

    /// <summary>Whether engines are scheduled by their own metrics, where they have any; otherwise by what the gateway has sent alone.</summary>
    public bool AreEngineMetricsRead { get; init; } = true;

    /// <summary>Whether engines that hold a prompt's prefix, by where earlier prompts went, are preferred.</summary>
    public bool IsCacheAware { get; init; }

    /// <summary>The gateway's options.</summary>
    public GatewayOptions Gateway { get; init; } = new();

    /// <summary>The console and the admin API.</summary>
    public ConsoleOptions Console { get; init; } = new();

    /// <summary>Whether it is what the process is there for: then signals stop it and it writes a log.</summary>
    public bool IsProcess { get; init; }

    /// <summary>All engines, as discovery would tell of them; prefill engines in the order of <see cref="KvTransferPorts"/>.</summary>
    public IReadOnlyList<DiscoveredInstance> ToInstances()
    {
        DiscoveredInstance[] instances =
        [
            .. Engines.Select(static engine => engine.ToInstance(InferType.Neutral)),
            .. PrefillEngines.Select(static engine => engine.ToInstance(InferType.Prefill)),
            .. DecodeEngines.Select(static engine => engine.ToInstance(InferType.Decode)),
        ];
        int prefills = 0;
        for (int i = 0; i < instances.Length; i++)
        {
            if (instances[i].InferType == InferType.Prefill)
            {
                int port = KvTransferPorts.Count == 1 ? 0 : prefills;
                instances[i] = port < KvTransferPorts.Count ? instances[i] with { AuxPort = KvTransferPorts[port] } : instances[i];
                prefills++;
            }
        }

        return instances;
    }
}
