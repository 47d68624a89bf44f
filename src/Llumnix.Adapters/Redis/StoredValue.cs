namespace Llumnix.Adapters.Redis;

/// <summary>The value of a key.</summary>
/// <param name="Bytes">The value; null when the key does not exist, is not a string, or is too large.</param>
/// <param name="IsTooLarge">Whether the value is larger than the limit of the read.</param>
internal readonly record struct StoredValue(byte[]? Bytes, bool IsTooLarge = false)
{
    /// <summary>Whether the key exists.</summary>
    public bool IsPresent => Bytes is not null || IsTooLarge;
}
