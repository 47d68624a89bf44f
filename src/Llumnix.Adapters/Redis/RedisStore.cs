using System.Globalization;
using Llumnix.Adapters.Outages;
using StackExchange.Redis;

namespace Llumnix.Adapters.Redis;

/// <summary>A Redis server: connects on demand; each command is answered within the timeout or throws.</summary>
/// <param name="options">The server.</param>
/// <param name="rights">ACL rules that its user needs; for error messages.</param>
/// <param name="maxValueBytes">Largest size of a value that is read.</param>
/// <param name="timeProvider">Timeouts.</param>
internal sealed class RedisStore(RedisOptions options, string rights, int maxValueBytes, TimeProvider timeProvider) : IAsyncDisposable
{
    /// <summary>Number of keys per read: bounds the size of the replies in flight.</summary>
    public const int KeysPerRead = 128;

    // A page of this many keys keeps the server busy for about half a millisecond.
    private const int KeysPerPage = 1024;

    private readonly RedisValues _values = new(maxValueBytes);
    private ConnectionMultiplexer? _connection;
    private CheckedReplies? _check;
    private bool _tellsRunId;

    /// <summary>Lists a page of the keys that match a pattern; a key may be listed more than once.</summary>
    /// <param name="pattern">In the notation of SCAN.</param>
    /// <param name="cursor">0 for the first page, otherwise the cursor that the page before returned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The cursor of the next page, 0 after the last one; and the keys.</returns>
    public async Task<(RedisValue Next, RedisKey[] Keys)> ListAsync(string pattern, RedisValue cursor, CancellationToken cancellationToken)
    {
        IDatabase database = await DatabaseAsync(cancellationToken);
        RedisResult page = await Bound(
            database.ExecuteAsync("SCAN", cursor, "MATCH", pattern, "COUNT", KeysPerPage), cancellationToken);
        return page.Length == 2 && !page[0].IsNull && (RedisKey[]?)page[1] is { } keys
            ? ((RedisValue)page[0], keys)
            : throw new RedisReplyException("the answer to SCAN has another form than Redis gives it");
    }

    /// <summary>Reads values of bounded size.</summary>
    /// <param name="keys">At most <see cref="KeysPerRead"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<StoredValue[]> ReadAsync(RedisKey[] keys, CancellationToken cancellationToken)
    {
        IDatabase database = await DatabaseAsync(cancellationToken);
        StoredValue[] values = await Bound(_values.ReadAsync(database, keys), cancellationToken);
        _values.Note(keys, values);
        return values;
    }

    /// <summary>Counts how many of the keys exist.</summary>
    public async Task<long> CountAsync(RedisKey[] keys, CancellationToken cancellationToken)
    {
        IDatabase database = await DatabaseAsync(cancellationToken);
        return await Bound(database.KeyExistsAsync(keys), cancellationToken);
    }

    /// <summary>Runs a script, which Redis carries out as a whole or not at all.</summary>
    /// <param name="script">In Lua.</param>
    /// <param name="keys">The keys that it touches, as <c>KEYS</c>.</param>
    /// <param name="arguments">What it finds in <c>ARGV</c>.</param>
    /// <param name="cancellationToken">Cancels the call; the script may run nevertheless.</param>
    public async Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        IDatabase database = await DatabaseAsync(cancellationToken);
        object[] all = [script, keys.Length, .. keys.Cast<object>(), .. arguments.Cast<object>()];
        return await Bound(database.ExecuteAsync("EVAL", all), cancellationToken);
    }

    /// <summary>The id of the server's current run, which changes at each restart. Null when the server does not report it.</summary>
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

    /// <summary>Describes an error without the password.</summary>
    public string Describe(Exception error)
    {
        Exception cause = error;
        while (cause.InnerException is { } inner && cause is not RedisServerException)
        {
            cause = inner;
        }

        string text = _check?.LastProblem?.Message ?? FailureText.DescribeLogin(error) ?? cause switch
        {
            TimeoutException => string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Timeout.TotalSeconds} s"),
            _ when IsDenial(cause.Message) => $"{cause.Message}; the user needs the rights {rights}",
            _ => cause.Message,
        };
        string place = string.Create(CultureInfo.InvariantCulture, $"{options.Host}:{options.Port}: {text}");
        // Some servers repeat the arguments of a command that they refuse, even those of AUTH.
        return options.Password.Redact(place);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DisconnectAsync();

    private static bool IsDenial(string message) => message.Contains("NOPERM", StringComparison.Ordinal);

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
        // The client library may go on waiting for its timeout after its only attempt has failed, and its own error seldom names the cause; the
        // attempt's exception does. Only for a failed handshake is the library's error the better one, unless the server denied a command.
        var attempted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failure = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        _check = null;
        ConfigurationOptions configuration = RedisConnectionSettings.From(options);
        _check = CheckedReplies.AddTo(configuration);
        configuration.ConnectionAttemptCompleted += (_, attempt) =>
        {
            if (attempt is { IsSuccess: false, Exception: { } exception }
                && (attempt.Stage != ConnectionAttemptStage.Handshake || IsDenial(exception.Message)))
            {
                failure.TrySetResult(exception);
            }

            attempted.TrySetResult();
        };
        Task<ConnectionMultiplexer> connecting = ConnectionMultiplexer.ConnectAsync(configuration);
        try
        {
            await Bound(Task.WhenAny(connecting, failure.Task), cancellationToken);
            if (connecting.IsFaulted)
            {
                // The library reports an attempt only after its task has ended.
                await Bound(attempted.Task, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return failure.Task.IsCompleted && !connecting.IsCompletedSuccessfully ? throw await failure.Task : await connecting;
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

    private Task Bound(Task task, CancellationToken cancellationToken) => task.WaitAsync(options.Timeout, timeProvider, cancellationToken);

    private Task<T> Bound<T>(Task<T> command, CancellationToken cancellationToken) =>
        command.WaitAsync(options.Timeout, timeProvider, cancellationToken);
}
