using Llumnix.Adapters.Redis;

namespace Llumnix.EngineEmulator.Discovery;

/// <summary>Entries in Redis, without a time to live: readers judge them by their changes.</summary>
internal sealed class RedisPodRegistry : IPodRegistry
{
    private const string Prefix = "llumnix:discovery:";
    private readonly RedisWriter _redis;

    private RedisPodRegistry(RedisWriter redis, TimeSpan interval) => (_redis, Interval) = (redis, interval);

    public TimeSpan Interval { get; }

    /// <exception cref="ArgumentException">The configuration text cannot be read.</exception>
    public static async Task<RedisPodRegistry> ConnectAsync(string configuration, EngineHostOptions options) =>
        new(await RedisWriter.ConnectAsync(configuration, default, "discovery", "--discovery-redis", options.LoggerFactory), options.DiscoveryInterval);

    public Task<bool> TryAnnounceAsync(string podName, byte[] entry, CancellationToken cancellationToken) =>
        _redis.TryAsync(redis => redis.StringSetAsync(Prefix + podName, entry), cancellationToken);

    public Task<bool> TryRemoveAsync(string podName, CancellationToken cancellationToken) =>
        _redis.TryAsync(redis => redis.KeyDeleteAsync(Prefix + podName), cancellationToken);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();
}
