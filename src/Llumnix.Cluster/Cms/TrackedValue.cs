using StackExchange.Redis;

namespace Llumnix.Cluster.Cms;

/// <summary>One CMS key of an instance: its last raw bytes, and the last usable value that they gave.</summary>
internal sealed class TrackedValue<T>(ValueReader<T> reader)
    where T : class
{
    private byte[]? _bytes;
    private int _oversize;
    private long _listedIn;

    /// <summary>The key as the store lists it.</summary>
    public RedisKey Key { get; private set; }

    /// <summary>The last usable value; null when there is none.</summary>
    public T? Good { get; private set; }

    /// <summary>Why the newest value is not usable; null when it is.</summary>
    public CmsSkipReason? Skipped { get; private set; }

    /// <summary>Whether the store has lost the key in a restart, and its writer is expected to write it again.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Notes that the key was listed in a poll.</summary>
    public void List(RedisKey key, long poll)
    {
        Key = key;
        _listedIn = poll;
    }

    /// <summary>Whether the key was listed in the poll and its value was not found gone since.</summary>
    public bool IsListedIn(long poll) => _listedIn == poll;

    /// <summary>Takes over what the store holds now; the same bytes as before cost nothing.</summary>
    /// <param name="bytes">The value; null when the key has gone since it was listed.</param>
    /// <param name="instanceId">The instance's id.</param>
    /// <returns>True when the value is another one than before.</returns>
    public bool Update(byte[]? bytes, string instanceId)
    {
        if (bytes is null)
        {
            _listedIn = 0;
            return false;
        }

        IsAwaited = false;
        return bytes.Length > MessageValue.MaxBytes ? UpdateOversize(bytes.Length) : UpdateBytes(bytes, instanceId);
    }

    /// <summary>Forgets everything: the key is gone.</summary>
    public void Clear()
    {
        (_bytes, _oversize, Good, Skipped, IsAwaited) = (null, 0, null, null, false);
    }

    private bool UpdateBytes(byte[] bytes, string instanceId)
    {
        if (_bytes is not null && bytes.AsSpan().SequenceEqual(_bytes))
        {
            return false;
        }

        (_bytes, _oversize) = (bytes, 0);
        Skipped = reader(bytes, instanceId, out T? value);
        Good = value ?? Good;
        return true;
    }

    // The bytes of a value that is too large are not kept; its size stands for them.
    private bool UpdateOversize(int size)
    {
        bool changed = size != _oversize;
        (_bytes, _oversize, Skipped) = (null, size, CmsSkipReason.TooLarge);
        return changed;
    }
}
