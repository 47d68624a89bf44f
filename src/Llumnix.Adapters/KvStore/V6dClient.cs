using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.PrefixCache;
using StackExchange.Redis;

namespace Llumnix.Adapters.KvStore;

/// <summary>
/// Queries v6d's metadata in a Redis Cluster: a chunk's key is a sorted set whose members are <c>ip:port</c>. The queries of a batch are sent
/// together. For any threads.
/// </summary>
/// <remarks>Connects at its first query; after a failed connection the next query connects anew.</remarks>
public sealed class V6dClient : IKvMetadataService, IAsyncDisposable
{
    private readonly V6dOptions _options;
    private readonly Lock _connecting = new();
    private readonly HostNames _hosts = new();
    private Task<ConnectionMultiplexer>? _connection;
    private CheckedReplies? _check;

    /// <summary>Makes a client that connects at its first query.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no node, or the timeout is not above zero.</exception>
    public V6dClient(V6dOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Nodes.Count, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero);
        _options = options;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            IDatabase database = (await ConnectAsync().WaitAsync(cancellationToken)).GetDatabase();
            RedisValue[][] members = await Task
                .WhenAll(keys.Select(key => database.SortedSetRangeByRankAsync(key)))
                .WaitAsync(cancellationToken);
            return Array.ConvertAll(members, HostsOf);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException or IOException)
        {
            throw new KvMetadataException($"v6d's Redis Cluster does not answer: {_options.Password.Redact(_check?.LastProblem?.Message ?? e.Message)}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await ((Task)connection).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (connection.IsCompletedSuccessfully)
            {
                await (await connection).DisposeAsync();
            }
        }
    }

    private Task<ConnectionMultiplexer> ConnectAsync()
    {
        lock (_connecting)
        {
            if (_connection is null || _connection.IsFaulted || _connection.IsCanceled)
            {
                _connection = ConnectionMultiplexer.ConnectAsync(Configuration());
            }

            return _connection;
        }
    }

    private ConfigurationOptions Configuration()
    {
        int timeout = (int)Math.Ceiling(_options.Timeout.TotalMilliseconds);
        var configuration = new ConfigurationOptions
        {
            Password = _options.Password.IsEmpty ? null : _options.Password.Reveal(),
            AbortOnConnectFail = true,
            BacklogPolicy = BacklogPolicy.FailFast,
            ConnectTimeout = timeout,
            AsyncTimeout = timeout,
            ConnectRetry = 1,
            ClientName = "llumnix-scheduler",
            TieBreaker = "",
            ConfigurationChannel = "",
            Ssl = _options.UseTls,
            // Private authorities seldom publish revocation lists; .NET's HTTP client does not check them by default either.
            CheckCertificateRevocation = false,
        };
        if (_options is { UseTls: true, CaFile.Length: > 0 })
        {
            RedisConnectionSettings.Trust(configuration, _options.CaFile);
        }

        foreach (System.Net.DnsEndPoint node in _options.Nodes)
        {
            configuration.EndPoints.Add(node.Host, node.Port);
        }

        _check = CheckedReplies.AddTo(configuration);
        return configuration;
    }

    private IReadOnlyList<string> HostsOf(RedisValue[] members) =>
        [.. members.Select(member => _hosts.HostOf(((string?)member) ?? "")).Where(static host => host.Length > 0).Distinct(StringComparer.Ordinal)];
}
