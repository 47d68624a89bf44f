using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Llumnix.Gateway.Admission;

namespace Llumnix.Gateway.Keys;

/// <summary>The keys of one reading of the file. Immutable.</summary>
internal sealed class ApiKeySet
{
    private const int MaxKeys = 10_000;

    /// <summary>
    /// By half of the hash. The time of the search may tell something of hashes in the file, which does not help to find a key of such a hash; what
    /// decides is compared in constant time.
    /// </summary>
    private readonly FrozenDictionary<UInt128, ApiKey> _keys;

    private ApiKeySet(Dictionary<UInt128, ApiKey> keys) => _keys = keys.ToFrozenDictionary();

    /// <summary>How many keys there are.</summary>
    public int Count => _keys.Count;

    /// <summary>Reads a file's content.</summary>
    /// <param name="json">The content.</param>
    /// <param name="previous">What was accepted before; null at the start.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ApiKeyFileException">It cannot be used.</exception>
    public static ApiKeySet Read(ReadOnlySpan<byte> json, ApiKeySet? previous, TimeProvider time)
    {
        IReadOnlyList<ApiKeyEntry?> entries = Parse(json);
        if (entries.Count > MaxKeys)
        {
            throw new ApiKeyFileException(FormattableString.Invariant($"there are more than {MaxKeys} keys"));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var keys = new Dictionary<UInt128, ApiKey>();
        for (int i = 0; i < entries.Count; i++)
        {
            string place = FormattableString.Invariant($"keys[{i}]");
            ApiKeyEntry entry = entries[i] ?? throw new ApiKeyFileException($"{place} is null");
            byte[] hash = Check(entry, place);
            if (!names.Add(entry.Name!))
            {
                throw new ApiKeyFileException($"{place}: another key has the same 'name'");
            }

            if (!keys.TryAdd(HalfOf(hash), new ApiKey(hash, entry, previous?.Find(hash), time)))
            {
                throw new ApiKeyFileException($"{place}: another key has the same 'sha256'");
            }
        }

        return new ApiKeySet(keys);
    }

    /// <summary>The key of a hash; null when there is none.</summary>
    public ApiKey? Find(ReadOnlySpan<byte> hash) => _keys.TryGetValue(HalfOf(hash), out ApiKey? key) && key.Is(hash) ? key : null;

    private static UInt128 HalfOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128BigEndian(hash);

    private static IReadOnlyList<ApiKeyEntry?> Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ApiKeyJsonContext.Default.ApiKeyFile)?.Keys
                ?? throw new ApiKeyFileException("the list 'keys' is missing");
        }
        catch (JsonException exception)
        {
            // Its own message would repeat what is written there.
            throw new ApiKeyFileException(FormattableString.Invariant(
                $"no valid JSON, or a member that is not known: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"));
        }
    }

    private static byte[] Check(ApiKeyEntry entry, string place)
    {
        if (!ApiKeyName.IsValid(entry.Name))
        {
            throw new ApiKeyFileException($"{place}: 'name' {ApiKeyName.Rule}");
        }

        if (entry.MaxPriority is < RequestPriority.Lowest or > RequestPriority.Highest)
        {
            throw new ApiKeyFileException(FormattableString.Invariant(
                $"{place}: 'max_priority' must be from {RequestPriority.Lowest} to {RequestPriority.Highest}"));
        }

        if (entry.RequestsPerMinute < 0 || entry.TokensPerMinute < 0)
        {
            throw new ApiKeyFileException($"{place}: 'requests_per_minute' and 'tokens_per_minute' must be 0 or above");
        }

        byte[] hash = new byte[SHA256.HashSizeInBytes];
        return entry.Sha256?.Length == 2 * hash.Length && Convert.FromHexString(entry.Sha256, hash, out _, out _) == System.Buffers.OperationStatus.Done
            ? hash
            : throw new ApiKeyFileException($"{place}: 'sha256' must have 64 hexadecimal digits");
    }
}
