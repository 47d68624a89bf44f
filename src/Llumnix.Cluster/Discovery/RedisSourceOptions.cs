using Llumnix.Cluster.Redis;

namespace Llumnix.Cluster.Discovery;

/// <summary>How discovery in Redis is read.</summary>
public sealed record RedisSourceOptions
{
    /// <summary>The server.</summary>
    public RedisOptions Redis { get; init; } = new();

    /// <summary>How often a poll that failed is tried again at once, over a new connection; not negative.</summary>
    public int RetryTimes { get; init; } = 1;

    /// <summary>
    /// Age, by the wall clock, from which an entry is not used; above zero. The clocks of sidecars and scheduler must agree to much less.
    /// </summary>
    public TimeSpan StatusTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// For how long after an outage of the store the time that it was away does not count in the age of an entry, so that its writer can write
    /// again; at most <see cref="StatusTtl"/>, not negative.
    /// </summary>
    public TimeSpan RebuildWindow { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Time from the start of one poll to the start of the next; above zero.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest number of instances, without those of expired entries; what comes on top is skipped.</summary>
    public int MaxInstances { get; init; } = 16_384;
}
