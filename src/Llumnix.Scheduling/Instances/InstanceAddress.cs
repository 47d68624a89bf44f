using System.Globalization;

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

    /// <summary>Whether a name means this instance: its id, its id in answers, or where it listens as <c>host:port</c>.</summary>
    public bool IsNamed(string name) => name == InstanceId || name == WireId || IsAt(name);

    /// <summary>Whether the API server listens at an endpoint.</summary>
    /// <param name="endpoint"><c>host:port</c>, an IPv6 host in brackets; any other text is no endpoint.</param>
    internal bool IsAt(ReadOnlySpan<char> endpoint)
    {
        int colon = endpoint.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(endpoint[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port != Port)
        {
            return false;
        }

        ReadOnlySpan<char> host = endpoint[..colon];
        return host.SequenceEqual(Host) || (host.Length > 2 && host[0] == '[' && host[^1] == ']' && host[1..^1].SequenceEqual(Host));
    }
}
