using Llumnix.Adapters.Redis;

namespace Llumnix.Adapters.Discovery;

/// <summary>How discovery in Redis is read.</summary>
public sealed record RedisDiscoveryOptions
{
    /// <summary>The server.</summary>
    public RedisOptions Redis { get; init; } = new();

    /// <summary>How often a poll that failed is tried again at once, over a new connection; not negative.</summary>
    public int RetryTimes { get; init; } = 1;

    /// <summary>
    /// An entry that has not changed for this time, by our own clock, while others have, is not used; above zero. A living writer writes at least
    /// twice within it.
    /// </summary>
    public TimeSpan StatusTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// For how long pods that the store has lost are kept after the first of them is back, so that their writers can write again; not negative.
    /// </summary>
    public TimeSpan RebuildWindow { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Time from the start of one poll to the start of the next; above zero.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest number of instances, without those of dead pods; further ones are skipped.</summary>
    public int MaxInstances { get; init; } = 16_384;
}
