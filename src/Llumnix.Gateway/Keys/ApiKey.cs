using System.Security.Cryptography;

namespace Llumnix.Gateway.Keys;

/// <summary>A key that is accepted, and what its requests may take. Safe for concurrent use.</summary>
internal sealed class ApiKey
{
    private readonly byte[] _hash;
    private readonly int _requestsPerMinute;
    private readonly int _tokensPerMinute;

    /// <param name="hash">SHA-256 of the key.</param>
    /// <param name="entry">What the file says of it; checked.</param>
    /// <param name="previous">What was accepted before under the same hash; null when nothing was.</param>
    /// <param name="time">The clock.</param>
    public ApiKey(byte[] hash, ApiKeyEntry entry, ApiKey? previous, TimeProvider time)
    {
        _hash = hash;
        _requestsPerMinute = entry.RequestsPerMinute;
        _tokensPerMinute = entry.TokensPerMinute;
        Name = entry.Name!;
        MaxPriority = entry.MaxPriority;

        // What has been taken stays taken when the file is read again.
        Requests = previous?._requestsPerMinute == _requestsPerMinute ? previous.Requests : Allow(_requestsPerMinute, time);
        Tokens = previous?._tokensPerMinute == _tokensPerMinute ? previous.Tokens : Allow(_tokensPerMinute, time);
    }

    /// <summary>Whose key it is. No two keys of a file have the same name.</summary>
    public string Name { get; }

    /// <summary>The highest priority class that its requests may have.</summary>
    public int MaxPriority { get; }

    /// <summary>Requests; null when any number may come.</summary>
    public MinuteAllowance? Requests { get; }

    /// <summary>Tokens of prompts and answers; null when they are not bounded.</summary>
    public MinuteAllowance? Tokens { get; }

    /// <summary>Whether a hash is that of the key, in constant time.</summary>
    public bool Is(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(hash, _hash);

    private static MinuteAllowance? Allow(int perMinute, TimeProvider time) => perMinute == 0 ? null : new MinuteAllowance(perMinute, time);
}
