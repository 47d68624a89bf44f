using System.Globalization;
using StackExchange.Redis;

namespace Llumnix.Cluster.Redis;

/// <summary>A Redis server: connects when it is needed, answers each command within the timeout or throws.</summary>
internal sealed class RedisStore(RedisOptions options, TimeProvider timeProvider) : IAsyncDisposable
{
    /// <summary>Keys in one MGET: bounds the size of an answer.</summary>
    public const int KeysPerRead = 512;

    private const int KeysPerScan = 4096;

    private ConnectionMultiplexer? _connection;
    private bool _tellsRunId;

    /// <summary>Lists the keys that match a pattern; a key may come more than once.</summary>
    public async Task ListAsync(string pattern, Action<RedisKey> take, CancellationToken cancellationToken)
    {
        IDatabase database = await DatabaseAsync(cancellationToken);
        RedisValue cursor = 0;
        do
        {
            RedisResult page = await Bound(
                database.ExecuteAsync("SCAN", cursor, "MATCH", pattern, "COUNT", KeysPerScan), cancellationToken);
            cursor = (RedisValue)page[0];
            RedisResult keys = page[1];
            for (int i = 0; i < keys.Length; i++)
            {
                take((RedisKey)keys[i]);
            }
        }
        while (cursor != 0);
    }

    /// <summary>Reads values; null for a key that is not there.</summary>
    /// <param name="keys">At most <see cref="KeysPerRead"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RedisValue[]> ReadAsync(RedisKey[] keys, CancellationToken cancellationToken)
    {
        IDatabase database = await DatabaseAsync(cancellationToken);
        return await Bound(database.StringGetAsync(keys), cancellationToken);
    }

    /// <summary>What the store calls its current run: another text after each restart. Null when it does not tell.</summary>
    public async Task<string?> RunIdAsync(CancellationToken cancellationToken)
    {
        IDatabase database = await DatabaseAsync(cancellationToken);
        if (!_tellsRunId)
        {
            return null;
        }

        string? runId = await ReadRunIdAsync(database, cancellationToken);
        _tellsRunId = runId is not null;
        return runId;
    }

    /// <summary>Closes the connection; the next command opens another one.</summary>
    public async Task DisconnectAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.CloseAsync(allowCommandsToComplete: false);
            connection.Dispose();
        }
    }

    /// <summary>Tells what went wrong, without the password.</summary>
    public string Describe(Exception error)
    {
        Exception cause = error;
        while (cause.InnerException is { } inner && cause is not RedisServerException)
        {
            cause = inner;
        }

        string text = cause is TimeoutException
            ? string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Timeout.TotalSeconds} s")
            : cause.Message;
        string place = string.Create(CultureInfo.InvariantCulture, $"{options.Host}:{options.Port}: {text}");
        // Some servers repeat the arguments of a command that they refuse, AUTH's too.
        return options.Password.Length == 0 ? place : place.Replace(options.Password, "***", StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DisconnectAsync();

    private async Task<IDatabase> DatabaseAsync(CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            _connection = await ConnectAsync(cancellationToken);
            _tellsRunId = true;
        }

        return _connection.GetDatabase();
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        // The client library may go on waiting until its timeout after the only attempt has failed.
        // A failed handshake it tells at once, and better.
        var failure = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        ConfigurationOptions configuration = RedisConnectionSettings.From(options);
        configuration.ConnectionAttemptCompleted += (_, attempt) =>
        {
            if (attempt is { IsSuccess: false, Stage: < ConnectionAttemptStage.Handshake, Exception: { } exception })
            {
                failure.TrySetResult(exception);
            }
        };
        Task<ConnectionMultiplexer> connecting = ConnectionMultiplexer.ConnectAsync(configuration);
        try
        {
            await Bound(Task.WhenAny(connecting, failure.Task), cancellationToken);
            return connecting.IsCompleted ? await connecting : throw await failure.Task;
        }
        catch
        {
            _ = DisposeLaterAsync(connecting);
            throw;
        }
    }

    private static async Task DisposeLaterAsync(Task<ConnectionMultiplexer> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            (await connecting).Dispose();
        }
    }

    private async Task<string?> ReadRunIdAsync(IDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            RedisResult info = await Bound(database.ExecuteAsync("INFO", "server"), cancellationToken);
            return RunId((string?)info);
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    private static string? RunId(string? info)
    {
        foreach (ReadOnlySpan<char> line in info.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("run_id:") && line.Length > "run_id:".Length)
            {
                return line["run_id:".Length..].ToString();
            }
        }

        return null;
    }

    private Task<T> Bound<T>(Task<T> command, CancellationToken cancellationToken) =>
        command.WaitAsync(options.Timeout, timeProvider, cancellationToken);
}
