using Llumnix.Adapters.Redis;
using StackExchange.Redis;

namespace Llumnix.Adapters.Cms;

/// <summary>One CMS key of an instance: its last raw bytes and the last usable value that was read from them.</summary>
/// <param name="key">The key.</param>
/// <param name="reader">Reads its values.</param>
/// <param name="time">The clock.</param>
internal sealed class TrackedValue<T>(RedisKey key, ValueReader<T> reader, TimeProvider time)
    where T : class
{
    private byte[]? _bytes;
    private long? _checkedAt;

    /// <summary>The key.</summary>
    public RedisKey Key { get; } = key;

    /// <summary>Whether the key existed at the last check; false before the first one.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>The last usable value; null when there is none.</summary>
    public T? Good { get; private set; }

    /// <summary>Why the newest value is not usable; null when it is usable.</summary>
    public CmsSkipReason? Skipped { get; private set; }

    /// <summary>Whether the store has lost the key and the writer is expected to write it again.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Takes over the stored value; the same bytes as before cost nothing.</summary>
    /// <param name="value">The value.</param>
    /// <param name="instanceId">The instance's id.</param>
    /// <param name="askedAt">The timestamp of the read's beginning.</param>
    /// <returns>True when the value differs from the one before.</returns>
    public bool Update(StoredValue value, string instanceId, long askedAt)
    {
        var written = new WriteTime(_checkedAt ?? askedAt, time.TimestampFrequency);
        _checkedAt = askedAt;
        IsPresent = value.IsPresent;
        IsAwaited &= !IsPresent;
        return value.IsTooLarge ? UpdateTooLarge()
            : value.Bytes is { } bytes && UpdateBytes(bytes, instanceId, written);
    }

    /// <summary>Forgets everything: the key is gone.</summary>
    public void Clear()
    {
        (_bytes, Good, Skipped, IsAwaited, _checkedAt) = (null, null, null, false, null);
    }

    private bool UpdateBytes(byte[] bytes, string instanceId, WriteTime written)
    {
        if (_bytes is not null && bytes.AsSpan().SequenceEqual(_bytes))
        {
            return false;
        }

        _bytes = bytes;
        Skipped = reader(bytes, instanceId, written, out T? value);
        Good = value ?? Good;
        return true;
    }

    private bool UpdateTooLarge()
    {
        bool isChanged = Skipped != CmsSkipReason.TooLarge;
        (_bytes, Skipped) = (null, CmsSkipReason.TooLarge);
        return isChanged;
    }
}
