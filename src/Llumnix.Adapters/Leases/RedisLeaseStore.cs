using System.Globalization;
using Llumnix.Adapters.Redis;
using StackExchange.Redis;

namespace Llumnix.Adapters.Leases;

/// <summary>
/// Leases in Redis. The key <c>llumnix:lease:NAME</c> holds the holder and expires with the lease; <c>llumnix:lease:NAME:history</c> keeps the last epoch,
/// and whether the lease was released. Every call is one script, so that nothing happens in between.
/// </summary>
/// <param name="options">The server.</param>
/// <param name="timeProvider">Timeouts.</param>
public sealed class RedisLeaseStore(RedisOptions options, TimeProvider timeProvider) : ILeaseStore
{
    /// <summary>ACL rules that the user of the lease store needs.</summary>
    public const string Rights = "~llumnix:lease:* +ping +info +eval +get +set +del +pttl +pexpire +hget +hset";

    // A key that somebody made permanent would never be free again.
    private const string ReadScript =
        """
        local holder = redis.call('GET', KEYS[1])
        local released = redis.call('HGET', KEYS[2], 'released')
        local epoch = redis.call('HGET', KEYS[2], 'epoch')
        if holder then return {holder, redis.call('PTTL', KEYS[1])} end
        if released == '1' and epoch then return {epoch, -2} end
        return {'', -2}
        """;

    private const string AcquireScript =
        """
        local holder = redis.call('GET', KEYS[1])
        if holder then
          local id = string.match(holder, '^%d+\n([^\n]+)\n')
          if id == ARGV[1] or redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
          return {holder, redis.call('PTTL', KEYS[1])}
        end
        local epoch = math.max(tonumber(redis.call('HGET', KEYS[2], 'epoch') or '0'), tonumber(ARGV[4])) + 1
        local text = string.format('%.0f', epoch)
        holder = text .. '\n' .. ARGV[1] .. '\n' .. ARGV[2]
        redis.call('HSET', KEYS[2], 'epoch', text, 'released', '0')
        redis.call('SET', KEYS[1], holder, 'PX', ARGV[3])
        return {holder, tonumber(ARGV[3])}
        """;

    private const string ReleaseScript =
        """
        local holder = redis.call('GET', KEYS[1])
        if holder and string.match(holder, '^%d+\n([^\n]+)\n') == ARGV[1] then
          redis.call('DEL', KEYS[1])
          redis.call('HSET', KEYS[2], 'epoch', string.match(holder, '^%d+'), 'released', '1')
        end
        return 1
        """;

    private const string ReadValueScript = "return redis.call('GET', KEYS[1])";

    private const string WriteValueScript =
        """
        local holder = redis.call('GET', KEYS[1])
        if not holder or string.match(holder, '^%d+') ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[2], ARGV[2])
        return 1
        """;

    private readonly RedisStore _store = new(options, Rights, ILeaseStore.MaxValueBytes, timeProvider);
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public async Task<LeaseRecord?> ReadAsync(string lease, CancellationToken cancellationToken) =>
        Read(await RunAsync(ReadScript, Keys(lease), [], cancellationToken));

    /// <inheritdoc/>
    public async Task<LeaseRecord> AcquireAsync(
        string lease, LeaseCandidate candidate, TimeSpan ttl, long aboveEpoch, CancellationToken cancellationToken)
    {
        long milliseconds = Math.Max(1, (long)ttl.TotalMilliseconds);
        RedisResult answer = await RunAsync(
            AcquireScript, Keys(lease), [candidate.Id, candidate.Address, milliseconds, aboveEpoch], cancellationToken);
        return Read(answer) is { IsHeld: true } record ? record : throw Malformed();
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(string lease, string holderId, CancellationToken cancellationToken) =>
        RunAsync(ReleaseScript, Keys(lease), [holderId], cancellationToken);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadValueAsync(string lease, string name, CancellationToken cancellationToken) =>
        (byte[]?)await RunAsync(ReadValueScript, [ValueKey(lease, name)], [], cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> WriteValueAsync(
        string lease, string name, ReadOnlyMemory<byte> value, long epoch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, ILeaseStore.MaxValueBytes);
        RedisResult answer = await RunAsync(
            WriteValueScript,
            [Key(lease), ValueKey(lease, name)],
            [epoch.ToString(CultureInfo.InvariantCulture), value],
            cancellationToken);
        return (long)answer == 1;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _turn.Dispose();
    }

    private static string Key(string lease) => $"llumnix:lease:{lease}";

    private static RedisKey[] Keys(string lease) => [Key(lease), $"{Key(lease)}:history"];

    private static RedisKey ValueKey(string lease, string name) => $"{Key(lease)}:value:{name}";

    private static LeaseRecord? Read(RedisResult answer)
    {
        if (answer.Length != 2 || (string?)answer[0] is not { } text)
        {
            throw Malformed();
        }

        long milliseconds = (long)answer[1];
        return milliseconds != -2 ? LeaseText.Read(text, milliseconds < 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(milliseconds))
            : text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long epoch) ? new LeaseRecord("", "", epoch, TimeSpan.Zero)
            : throw Malformed();
    }

    private static LeaseStoreException Malformed() => new("the script's answer has another form than it was given");

    private async Task<RedisResult> RunAsync(string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await _store.EvaluateAsync(script, keys, arguments, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            string text = _store.Describe(e);
            // A connection that has failed once may hang for long; the next call opens another one.
            await _store.DisconnectAsync();
            throw new LeaseStoreException(text);
        }
        finally
        {
            _turn.Release();
        }
    }
}
