namespace Llumnix.Scheduling.Instances;

/// <summary>One engine instance as discovery has found it. Immutable. Texts are never null; an absent one is empty, an absent number is 0.</summary>
public sealed record DiscoveredInstance
{
    /// <summary>The instance's unique id, the same in every answer: <c>&lt;pod_name&gt;_dp&lt;dp_rank&gt;</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What the instance is deployed to do.</summary>
    public required InferType InferType { get; init; }

    /// <summary>Host of the engine's API server.</summary>
    public required string Host { get; init; }

    /// <summary>Port of the engine's API server, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>Address of the KV transfer endpoint.</summary>
    public string AuxIp { get; init; } = "";

    /// <summary>Port of the KV transfer endpoint.</summary>
    public int AuxPort { get; init; }

    /// <summary>Data-parallel rank.</summary>
    public int DataParallelRank { get; init; }

    /// <summary>Number of data-parallel ranks.</summary>
    public int DataParallelSize { get; init; }

    /// <summary>The machine that it runs on; empty: not known. Instances of one machine can fail together.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>The model that it serves; empty: any.</summary>
    public string Model { get; init; } = "";

    /// <summary>The engine's generation: a higher one of a known id is a restarted engine.</summary>
    public long Version { get; init; }

    /// <summary>Its labels, <c>key=value</c> sorted and separated by commas, which drains can select it by. Only discovery over pods of Kubernetes tells any.</summary>
    public string Labels { get; init; } = "";

    /// <summary>Whether its platform is about to end it, so that it gets no new requests. Only discovery over pods of Kubernetes tells it.</summary>
    public bool IsTerminating { get; init; }
}
