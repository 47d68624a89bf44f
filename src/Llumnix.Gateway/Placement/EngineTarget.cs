using System.Globalization;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Gateway.Placement;

/// <summary>An engine that a request can be sent to. Immutable; texts are never null.</summary>
public sealed record EngineTarget
{
    /// <summary>Its id, as the scheduler or discovery gives it.</summary>
    public required string Id { get; init; }

    /// <summary>Host of the API server, an IPv6 address without brackets.</summary>
    public required string Host { get; init; }

    /// <summary>Port of the API server, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>What it is to do for the request.</summary>
    public InferType Role { get; init; }

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

    /// <summary>The engine's generation; 0 when it is not known.</summary>
    public long Version { get; init; }

    /// <summary><c>host:port</c> of the API server.</summary>
    public string Endpoint => HostAddress.EndpointOf(Host, Port);

    /// <summary>
    /// The same engine under its endpoint as id. Schedulers of full mode give engines of one host the same id, and discovery gives them other ids; the
    /// endpoint is the same everywhere.
    /// </summary>
    internal EngineTarget ByEndpoint() => this with { Id = Endpoint };

    /// <summary>Whether it serves a model, as far as is known; every engine serves an empty one.</summary>
    internal bool Serves(string model) => Model.Length == 0 || model.Length == 0 || Model == model;

    /// <summary>The address of a path there.</summary>
    /// <param name="pathAndQuery">From the first slash on, escaped.</param>
    public Uri ToUri(string pathAndQuery) => new(
        Host.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"http://[{Host}]:{Port}{pathAndQuery}")
            : string.Create(CultureInfo.InvariantCulture, $"http://{Host}:{Port}{pathAndQuery}"));
}
