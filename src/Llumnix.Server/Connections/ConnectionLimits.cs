namespace Llumnix.Server.Connections;

/// <summary>How many connections a listener holds, and how long those that say nothing.</summary>
internal sealed record ConnectionLimits
{
    /// <summary>Most connections at a time.</summary>
    internal int Total { get; init; } = 4096;

    /// <summary>Most connections of one address at a time.</summary>
    internal int PerAddress { get; init; } = 2048;

    /// <summary>
    /// Connections over the limits that are held nevertheless, so that probes are answered and the others are told why not. When there are
    /// more, the oldest is dropped: whoever asks at once has its answer before that.
    /// </summary>
    internal int Surplus { get; init; } = 64;

    /// <summary>How long a connection over the limits is held.</summary>
    internal TimeSpan SurplusLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a new connection may say nothing. Some clients open one that they need only later.</summary>
    internal TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
