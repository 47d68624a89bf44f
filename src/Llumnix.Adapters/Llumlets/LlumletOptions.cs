namespace Llumnix.Adapters.Llumlets;

/// <summary>How llumlets are called.</summary>
public sealed record LlumletOptions
{
    /// <summary>Largest number of connections, one per llumlet; 1 or above.</summary>
    public int PoolSize { get; init; } = 10;

    /// <summary>Timeout of a call, connecting included; above 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether calls use TLS instead of cleartext HTTP/2.</summary>
    public bool UseTls { get; init; }

    /// <summary>Certificate authorities in PEM for TLS; empty for the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Back-off of a source after the second failure in a row; doubles with each further one. Above 0.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest back-off of a source.</summary>
    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromSeconds(30);
}
