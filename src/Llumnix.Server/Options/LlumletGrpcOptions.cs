namespace Llumnix.Server.Options;

/// <summary>Calls to the llumlets.</summary>
public sealed record LlumletGrpcOptions
{
    /// <summary>Most connections that are kept open, 1 or above.</summary>
    public int ConnectionPoolSize { get; init; } = 10;

    /// <summary>Bound on one migration call.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the calls use TLS instead of cleartext HTTP/2.</summary>
    public bool UseTls { get; init; }

    /// <summary>Certificate authorities in PEM for TLS; empty for the system's.</summary>
    public string CaFile { get; init; } = "";
}
