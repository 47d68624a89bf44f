namespace Llumnix.Server.Options;

/// <summary>Calls to the llumlets.</summary>
public sealed record LlumletGrpcOptions
{
    /// <summary>Most connections that are kept open, 1 or above.</summary>
    public int ConnectionPoolSize { get; init; } = 10;

    /// <summary>Bound on one migration call.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
