using Google.Protobuf;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Llumnix.EngineEmulator.Cms;

/// <summary>Writes the CMS keys into Redis. One connection for all engines of a host; an unreachable store is retried for ever.</summary>
internal sealed partial class RedisStatusPublisher : IStatusPublisher, IAsyncDisposable
{
    private const string MetadataPrefix = "llumnix:instance_metadata:";
    private const string StatusPrefix = "llumnix:instance_status:";

    private readonly ConnectionMultiplexer _connection;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _keyLifetime;
    private readonly ILogger _logger;
    private int _failing;

    private RedisStatusPublisher(ConnectionMultiplexer connection, EngineHostOptions options)
    {
        _connection = connection;
        _timeProvider = options.TimeProvider;
        _keyLifetime = options.KeyLifetime;
        _logger = options.LoggerFactory.CreateLogger<RedisStatusPublisher>();
        _connection.ConnectionRestored += (_, e) => OnRestored(e);
    }

    /// <summary>The connection is back: whatever was there may be lost.</summary>
    public event Action? Reconnected;

    /// <exception cref="ArgumentException">The configuration text cannot be read.</exception>
    public static async Task<RedisStatusPublisher> ConnectAsync(string configuration, EngineHostOptions options)
    {
        var redis = ConfigurationOptions.Parse(configuration);
        redis.AbortOnConnectFail = false;

        // A status is worth nothing a second later: no queueing while the store is away.
        redis.BacklogPolicy = BacklogPolicy.FailFast;
        redis.ConnectTimeout = 2000;
        redis.AsyncTimeout = 2000;
        redis.ReconnectRetryPolicy = new LinearRetry(500);
        return new RedisStatusPublisher(await ConnectionMultiplexer.ConnectAsync(redis), options);
    }

    public Task<bool> TryPublishAsync(InstanceMetadata metadata, CancellationToken cancellationToken) =>
        TryAsync(
            redis => redis.StringSetAsync(
                MetadataPrefix + metadata.InstanceId, CmsMessages.ToMessage(metadata, _timeProvider.GetUtcNow()).ToByteArray(), _keyLifetime),
            cancellationToken);

    public Task<bool> TryPublishAsync(InstanceStatus status, CancellationToken cancellationToken) =>
        TryAsync(
            redis => redis.StringSetAsync(StatusPrefix + status.InstanceId, CmsMessages.ToMessage(status).ToByteArray(), _keyLifetime),
            cancellationToken);

    public Task<bool> TryRemoveAsync(string instanceId, CancellationToken cancellationToken) =>
        TryAsync(redis => redis.KeyDeleteAsync([StatusPrefix + instanceId, MetadataPrefix + instanceId]), cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<bool> TryAsync(Func<IDatabase, Task> command, CancellationToken cancellationToken)
    {
        try
        {
            await command(_connection.GetDatabase()).WaitAsync(cancellationToken);
            if (Interlocked.Exchange(ref _failing, 0) == 1)
            {
                LogAvailable();
            }

            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref _failing, 1) == 0)
            {
                LogUnavailable(e.GetType().Name);
            }

            return false;
        }
    }

    private void OnRestored(ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Interactive)
        {
            Reconnected?.Invoke();
        }
    }
}
