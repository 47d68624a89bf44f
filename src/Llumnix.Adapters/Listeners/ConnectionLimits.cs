namespace Llumnix.Adapters.Listeners;

/// <summary>Limits of a listener: the number of connections, and how long an idle new one is kept.</summary>
public sealed record ConnectionLimits
{
    /// <summary>Most connections at a time.</summary>
    public int Total { get; init; } = 4096;

    /// <summary>Most connections of one address at a time.</summary>
    public int PerAddress { get; init; } = 2048;

    /// <summary>
    /// Connections over the limits that are held nevertheless, so that probes are answered and other requests are told why they are refused. A
    /// further one closes the oldest: a client that sends its request at once is answered before that.
    /// </summary>
    public int Surplus { get; init; } = 64;

    /// <summary>How long a connection over the limits is held.</summary>
    public TimeSpan SurplusLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a new connection may send nothing. Some clients open a connection before they need it.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
