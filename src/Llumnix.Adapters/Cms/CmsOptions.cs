using Llumnix.Adapters.Redis;

namespace Llumnix.Adapters.Cms;

/// <summary>Where the CMS's Redis is and how it is read.</summary>
public sealed record CmsOptions
{
    /// <summary>The server.</summary>
    public RedisOptions Redis { get; init; } = new();

    /// <summary>How often a poll that failed is tried again at once, over a new connection; not negative.</summary>
    public int RetryTimes { get; init; } = 1;

    /// <summary>Time from the start of one poll of the status to the start of the next; above zero.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Time from the start of one poll of the metadata to the start of the next; above zero. Metadata are read in a poll of the status, so that they
    /// are read no more often than the status.
    /// </summary>
    public TimeSpan MetadataInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For how long instances that the store has lost are kept after the first of them is back. A llumlet writes its metadata every 20 s.
    /// </summary>
    public TimeSpan RebuildWindow { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Largest number of instances; further ones are skipped.</summary>
    public int MaxInstances { get; init; } = 16_384;
}
