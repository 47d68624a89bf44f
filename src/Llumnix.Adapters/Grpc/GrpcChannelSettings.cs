namespace Llumnix.Adapters.Grpc;

/// <summary>The settings of a gRPC channel.</summary>
public sealed record GrpcChannelSettings
{
    /// <summary>Timeout of connecting.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>Time between two pings of a connection with active calls.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Certificate authorities in PEM, instead of the system's; empty for the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Largest accepted message, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 1024 * 1024;
}
