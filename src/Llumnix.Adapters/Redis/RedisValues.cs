using StackExchange.Redis;

namespace Llumnix.Adapters.Redis;

/// <summary>
/// Reads values up to a maximal size. A value that is too large is read once up to that size; from then on only its length is queried, until it has
/// become smaller. For one thread at a time.
/// </summary>
/// <param name="maxBytes">Largest size of a value, 0 or above.</param>
internal sealed class RedisValues(int maxBytes)
{
    private readonly HashSet<RedisKey> _tooLarge = [];

    /// <summary>Reads all keys at once, and queries those again whose first reply was ambiguous.</summary>
    /// <returns>The values in the order of the keys.</returns>
    /// <exception cref="RedisException">The server does not answer, or refuses.</exception>
    public async Task<StoredValue[]> ReadAsync(IDatabase database, RedisKey[] keys)
    {
        StoredValue?[] first = await Task.WhenAll(Array.ConvertAll(
            keys, key => _tooLarge.Contains(key) ? MeasureAsync(database, key) : ReadAsync(database, key)));
        var values = new StoredValue[keys.Length];
        var unclear = new List<Task>();
        for (int i = 0; i < keys.Length; i++)
        {
            values[i] = first[i] ?? default;
            if (first[i] is null)
            {
                unclear.Add(AskAgainAsync(i));
            }
        }

        await Task.WhenAll(unclear);
        return values;

        // First EXISTS, then the value: in the other order a value written in between would look like an empty one.
        async Task AskAgainAsync(int i) => values[i] = await database.KeyExistsAsync(keys[i])
            ? await ReadAsync(database, keys[i]) ?? new StoredValue([])
            : default;
    }

    /// <summary>Remembers which values were too large.</summary>
    public void Note(RedisKey[] keys, StoredValue[] values)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            if (values[i].IsTooLarge)
            {
                _tooLarge.Add(keys[i]);
            }
            else
            {
                _tooLarge.Remove(keys[i]);
            }
        }
    }

    private async Task<StoredValue?> MeasureAsync(IDatabase database, RedisKey key) =>
        await OrNull(database.StringLengthAsync(key)) > maxBytes ? new StoredValue(null, IsTooLarge: true) : null;

    // GETRANGE, not GET or MGET: it never transfers more than the bound, whatever the value is.
    private async Task<StoredValue?> ReadAsync(IDatabase database, RedisKey key) =>
        await OrNull(database.StringGetRangeAsync(key, 0, maxBytes)) is not { } range ? new StoredValue(null)
        : (byte[]?)range is not { Length: > 0 } bytes ? null // An empty value, or no key.
        : bytes.Length > maxBytes ? new StoredValue(null, IsTooLarge: true)
        : new StoredValue(bytes);

    /// <summary>Treats a key of another type as one without a value.</summary>
    private static async Task<T?> OrNull<T>(Task<T> reading)
        where T : struct
    {
        try
        {
            return await reading;
        }
        catch (RedisServerException e) when (e.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
