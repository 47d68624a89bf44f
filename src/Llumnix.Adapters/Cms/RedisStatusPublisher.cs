using Google.Protobuf;
using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Cms;

/// <summary>Writes the CMS keys into Redis, for all engines of a host.</summary>
public sealed class RedisStatusPublisher : IStatusPublisher, IAsyncDisposable
{
    private const string MetadataPrefix = "llumnix:instance_metadata:";
    private const string StatusPrefix = "llumnix:instance_status:";

    private readonly RedisWriter _redis;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _keyLifetime;

    /// <summary>Writes over a connection, which it owns from now on.</summary>
    /// <param name="redis">The connection.</param>
    /// <param name="keyLifetime">Lifetime of the keys, above zero.</param>
    /// <param name="timeProvider">Tells when metadata are written; their readers do not trust it.</param>
    public RedisStatusPublisher(RedisWriter redis, TimeSpan keyLifetime, TimeProvider timeProvider)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(keyLifetime, TimeSpan.Zero);
        (_redis, _keyLifetime, _timeProvider) = (redis, keyLifetime, timeProvider);
    }

    /// <inheritdoc cref="RedisWriter.Reconnected"/>
    public event Action? Reconnected
    {
        add => _redis.Reconnected += value;
        remove => _redis.Reconnected -= value;
    }

    /// <inheritdoc/>
    public Task<bool> TryPublishAsync(InstanceMetadata metadata, CancellationToken cancellationToken) =>
        _redis.TryAsync(
            redis => redis.StringSetAsync(
                MetadataPrefix + metadata.InstanceId, PublishedMessages.ToMessage(metadata, _timeProvider.GetUtcNow()).ToByteArray(), _keyLifetime),
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryPublishAsync(InstanceStatus status, CancellationToken cancellationToken) =>
        _redis.TryAsync(
            redis => redis.StringSetAsync(StatusPrefix + status.InstanceId, PublishedMessages.ToMessage(status, _timeProvider).ToByteArray(), _keyLifetime),
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryRemoveAsync(string instanceId, CancellationToken cancellationToken) =>
        _redis.TryAsync(redis => redis.KeyDeleteAsync([StatusPrefix + instanceId, MetadataPrefix + instanceId]), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _redis.DisposeAsync();
}
