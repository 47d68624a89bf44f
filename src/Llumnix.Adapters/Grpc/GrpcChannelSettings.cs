namespace Llumnix.Adapters.Grpc;

/// <summary>How a gRPC channel is opened.</summary>
internal sealed record GrpcChannelSettings
{
    /// <summary>Bound on connecting.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>Time between two pings of a connection with calls under way.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Certificate authorities in PEM, instead of the system's; empty for the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Largest message that is taken, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 1024 * 1024;
}
