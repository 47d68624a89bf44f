namespace Llumnix.Scheduling.PrefixCache;

/// <summary>Parameters of prefix lookups in the KV metadata service.</summary>
public sealed record PrefixLookupOptions
{
    /// <summary>Shortest prompt that is looked up, in tokens: <c>--cache-aware-scheduling-min-tokens</c>.</summary>
    public int MinTokens { get; init; } = 1024;

    /// <summary>Parameters of the chunk keys.</summary>
    public ChunkKeyOptions ChunkKeys { get; init; } = new();

    /// <summary>Number of tries of a query before the service counts as down, at least 1: <c>--kvs-retry-times</c>.</summary>
    public int RetryTimes { get; init; } = 5;

    /// <summary>Time between two tries: <c>--kvs-retry-interval-ms</c>.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a service that is down is not asked: <c>--kvs-metadata-service-down-duration-s</c>.</summary>
    public TimeSpan DownDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Budget of one lookup with all its queries and retries, above zero: <c>--kvs-query-timeout-ms</c>. At its end the hits known so far are used.
    /// </summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Largest number of keys in a query, at least 1.</summary>
    public int BatchKeys { get; init; } = 64;

    /// <summary>Largest number of concurrent queries of one lookup, at least 1.</summary>
    public int MaxQuestionsPerLookup { get; init; } = 8;

    /// <summary>Largest number of concurrent queries of all lookups, at least 1.</summary>
    public int MaxQuestions { get; init; } = 64;

    /// <summary>
    /// Number of concurrent queries of a lookup after a number of answers: one at first, since most prompts hit little, and one more with each answer
    /// full of hits, which doubles the number in every round trip.
    /// </summary>
    public int QuestionsUnderWay(int answers) => Math.Min(answers + 1, MaxQuestionsPerLookup);
}
