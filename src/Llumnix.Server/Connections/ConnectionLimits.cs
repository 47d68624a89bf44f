namespace Llumnix.Server.Connections;

/// <summary>Limits of a listener: the number of connections, and how long an idle new one is kept.</summary>
internal sealed record ConnectionLimits
{
    /// <summary>Most connections at a time.</summary>
    internal int Total { get; init; } = 4096;

    /// <summary>Most connections of one address at a time.</summary>
    internal int PerAddress { get; init; } = 2048;

    /// <summary>
    /// Connections over the limits that are held nevertheless, so that probes are answered and other requests are told why they are refused. A
    /// further one closes the oldest: a client that sends its request at once is answered before that.
    /// </summary>
    internal int Surplus { get; init; } = 64;

    /// <summary>How long a connection over the limits is held.</summary>
    internal TimeSpan SurplusLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a new connection may send nothing. Some clients open a connection before they need it.</summary>
    internal TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
