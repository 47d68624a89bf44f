using Llumnix.Adapters.Outages;
using Llumnix.Adapters.Secrets;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Llumnix.Adapters.Redis;

/// <summary>Writes to a Redis over one connection for all engines of a host. An unreachable store is retried without end. Thread-safe.</summary>
public sealed partial class RedisWriter : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection;
    private readonly CheckedReplies _check;
    private readonly string _purpose;
    private readonly string _address;
    private readonly string _flags;
    private readonly ILogger _logger;
    private int _failing;

    private RedisWriter(ConnectionMultiplexer connection, CheckedReplies check, (string Purpose, string Address, string Flags) names, ILoggerFactory logging)
    {
        (_purpose, _address, _flags) = names;
        _check = check;
        _connection = connection;
        _logger = logging.CreateLogger<RedisWriter>();
        _connection.ConnectionRestored += (_, e) => OnRestored(e);
    }

    /// <summary>Raised when the connection is back, after which the store may have lost everything.</summary>
    public event Action? Reconnected;

    /// <summary>Connects; when the server does not answer, the connection is made later.</summary>
    /// <param name="configuration">In StackExchange.Redis' notation.</param>
    /// <param name="password">The password where the configuration text has none; empty for none.</param>
    /// <param name="purpose">What the Redis is for, in the log.</param>
    /// <param name="flags">The flags that say where it is, for the log.</param>
    /// <param name="logging">Where changes of availability are logged.</param>
    /// <exception cref="ArgumentException">The configuration text cannot be read.</exception>
    public static Task<RedisWriter> ConnectAsync(string configuration, Secret password, string purpose, string flags, ILoggerFactory logging)
    {
        var redis = ConfigurationOptions.Parse(configuration);
        if (!password.IsEmpty && string.IsNullOrEmpty(redis.Password))
        {
            redis.Password = password.Reveal();
        }

        return ConnectAsync(redis, purpose, flags, logging);
    }

    /// <summary>Connects; when the server does not answer, the connection is made later.</summary>
    /// <param name="options">The server.</param>
    /// <param name="purpose">What the Redis is for, in the log.</param>
    /// <param name="flags">The flags that say where it is, for the log.</param>
    /// <param name="logging">Where changes of availability are logged.</param>
    /// <exception cref="IOException">The CA file is missing or holds no certificate.</exception>
    public static Task<RedisWriter> ConnectAsync(RedisOptions options, string purpose, string flags, ILoggerFactory logging) =>
        ConnectAsync(RedisConnectionSettings.From(options), purpose, flags, logging);

    /// <summary>Runs a command.</summary>
    /// <returns>False when the store did not accept it.</returns>
    public async Task<bool> TryAsync(Func<IDatabase, Task> command, CancellationToken cancellationToken)
    {
        try
        {
            await command(_connection.GetDatabase()).WaitAsync(cancellationToken);
            if (Interlocked.Exchange(ref _failing, 0) == 1)
            {
                LogAvailable(_purpose);
            }

            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref _failing, 1) == 0)
            {
                LogUnavailable(_purpose, _address, _check.LastProblem?.Message ?? FailureText.Describe(e), _flags);
            }

            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<RedisWriter> ConnectAsync(ConfigurationOptions redis, string purpose, string flags, ILoggerFactory logging)
    {
        redis.AbortOnConnectFail = false;

        // Values are outdated after a second, so that commands are not queued while the store is away.
        redis.BacklogPolicy = BacklogPolicy.FailFast;
        redis.ConnectTimeout = 2000;
        redis.ConnectRetry = 1;
        redis.AsyncTimeout = 2000;
        redis.ReconnectRetryPolicy = new LinearRetry(500);
        var check = CheckedReplies.AddTo(redis);
        string address = string.Join(", ", redis.EndPoints.Select(EndPointCollection.ToString));
        var writer = new RedisWriter(await ConnectionMultiplexer.ConnectAsync(redis), check, (purpose, address, flags), logging);
        try
        {
            // A store that is not there is told at once, and not with the first value.
            await writer.TryAsync(static database => database.PingAsync(), CancellationToken.None);
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }

        return writer;
    }

    private void OnRestored(ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Interactive)
        {
            Reconnected?.Invoke();
        }
    }
}
