using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator;

/// <summary>The options of one engine of a host.</summary>
public sealed record EmulatedEngineOptions
{
    /// <summary>The modelled engine; its instance id is replaced by <see cref="InstanceId"/>.</summary>
    public EngineConfiguration Engine { get; init; } = new();

    /// <summary>As which engine it tells its load.</summary>
    public MetricsFace MetricsFace { get; init; }

    /// <summary>How its answers about its load fail from the start.</summary>
    public MetricsFault MetricsFault { get; init; }

    /// <summary>TCP port of the API server, 0 to 65535; 0 = any free one.</summary>
    public int Port { get; init; }

    /// <summary>TCP port of the llumlet, 0 to 65535; 0 = any free one.</summary>
    public int LlumletPort { get; init; }

    /// <summary>The CMS instance id; null = <c>ip_port</c>.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The pod that discovery knows the engine by; null = <c>engine-&lt;ip&gt;-&lt;port&gt;</c>.</summary>
    public string? PodName { get; init; }

    /// <summary>The model that discovery names; empty = any.</summary>
    public string DiscoveryModel { get; init; } = "";

    /// <summary>The IP address in the metadata.</summary>
    public string AdvertisedIp { get; init; } = "127.0.0.1";

    /// <summary>The address of the engine in the KV store; null = <see cref="AdvertisedIp"/>.</summary>
    public string? KvsIp { get; init; }

    /// <summary>The node id in the metadata.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>The unit id in the metadata.</summary>
    public string UnitId { get; init; } = "";

    /// <summary>Data-parallel ranks of the deployment, at least 1.</summary>
    public int DataParallelSize { get; init; } = 1;

    /// <summary>This engine's data-parallel rank, from 0; of several ranks the first one.</summary>
    public int DataParallelRank { get; init; }

    /// <summary>
    /// Data-parallel ranks behind its port, at least 1, each with requests and KV of its own. Several are for plain engines: neutral ones outside of a CMS.
    /// </summary>
    public int LocalRanks { get; init; } = 1;
}
