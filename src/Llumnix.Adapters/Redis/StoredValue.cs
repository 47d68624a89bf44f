namespace Llumnix.Adapters.Redis;

/// <summary>What a key holds.</summary>
/// <param name="Bytes">The value; null when there is none that is a string, or when it is too large.</param>
/// <param name="IsTooLarge">Whether the value has more bytes than were asked for at most.</param>
internal readonly record struct StoredValue(byte[]? Bytes, bool IsTooLarge = false)
{
    /// <summary>Whether the key is there.</summary>
    public bool IsPresent => Bytes is not null || IsTooLarge;
}
