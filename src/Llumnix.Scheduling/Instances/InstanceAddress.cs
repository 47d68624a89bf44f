namespace Llumnix.Scheduling.Instances;

/// <summary>What an answer tells of an instance: who it is and where it listens. Immutable; texts are never null.</summary>
public sealed record InstanceAddress
{
    /// <summary>The instance's unique id inside the scheduler.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Its id in answers. In full mode not unique when engines share an address.</summary>
    public required string WireId { get; init; }

    /// <summary>Host of the engine's API server.</summary>
    public required string Host { get; init; }

    /// <summary>Port of the engine's API server.</summary>
    public required int Port { get; init; }

    /// <summary>Address of the KV transfer endpoint.</summary>
    public string AuxIp { get; init; } = "";

    /// <summary>Port of the KV transfer endpoint.</summary>
    public int AuxPort { get; init; }

    /// <summary>Data-parallel rank.</summary>
    public int DataParallelRank { get; init; }

    /// <summary>Number of data-parallel ranks.</summary>
    public int DataParallelSize { get; init; }

    /// <summary>The model that it serves; empty: any, or not known.</summary>
    public string Model { get; init; } = "";

    /// <summary>The engine's generation in lite mode; 0 in full mode.</summary>
    public long Version { get; init; }
}
