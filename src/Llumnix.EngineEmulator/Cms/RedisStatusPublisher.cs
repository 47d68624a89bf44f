using Google.Protobuf;
using Llumnix.EngineEmulator.Redis;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Cms;

/// <summary>Writes the CMS keys into Redis, for all engines of a host.</summary>
internal sealed class RedisStatusPublisher : IStatusPublisher, IAsyncDisposable
{
    private const string MetadataPrefix = "llumnix:instance_metadata:";
    private const string StatusPrefix = "llumnix:instance_status:";

    private readonly RedisWriter _redis;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _keyLifetime;

    private RedisStatusPublisher(RedisWriter redis, EngineHostOptions options)
    {
        _redis = redis;
        _timeProvider = options.TimeProvider;
        _keyLifetime = options.KeyLifetime;
    }

    /// <inheritdoc cref="RedisWriter.Reconnected"/>
    public event Action? Reconnected
    {
        add => _redis.Reconnected += value;
        remove => _redis.Reconnected -= value;
    }

    /// <exception cref="ArgumentException">The configuration text cannot be read.</exception>
    public static async Task<RedisStatusPublisher> ConnectAsync(string configuration, EngineHostOptions options) =>
        new(await RedisWriter.ConnectAsync(configuration, options.CmsRedisPassword, "CMS", options.LoggerFactory), options);

    public Task<bool> TryPublishAsync(InstanceMetadata metadata, CancellationToken cancellationToken) =>
        _redis.TryAsync(
            redis => redis.StringSetAsync(
                MetadataPrefix + metadata.InstanceId, CmsMessages.ToMessage(metadata, _timeProvider.GetUtcNow()).ToByteArray(), _keyLifetime),
            cancellationToken);

    public Task<bool> TryPublishAsync(InstanceStatus status, CancellationToken cancellationToken) =>
        _redis.TryAsync(
            redis => redis.StringSetAsync(StatusPrefix + status.InstanceId, CmsMessages.ToMessage(status).ToByteArray(), _keyLifetime),
            cancellationToken);

    public Task<bool> TryRemoveAsync(string instanceId, CancellationToken cancellationToken) =>
        _redis.TryAsync(redis => redis.KeyDeleteAsync([StatusPrefix + instanceId, MetadataPrefix + instanceId]), cancellationToken);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();
}
