namespace Llumnix.Cluster.Discovery;

/// <summary>What the store holds of one pod: its last raw bytes, and the last usable entry that they gave.</summary>
internal sealed class TrackedPod(string name)
{
    private byte[]? _bytes;
    private int _oversize;

    /// <summary>The pod's name by its key.</summary>
    public string Name { get; } = name;

    /// <summary>The last usable entry; null when there is none.</summary>
    public PodEntry? Good { get; private set; }

    /// <summary>Why the newest value as a whole is not usable; null when it is.</summary>
    public DiscoverySkipReason? Skipped { get; private set; }

    /// <summary>Whether the entry is too old to be used.</summary>
    public bool IsExpired { get; set; }

    /// <summary>The part of the entry's age that does not count: nobody could write then.</summary>
    public TimeSpan Excused { get; set; }

    /// <summary>The read that has last found the key.</summary>
    public long ListedIn { get; set; }

    /// <summary>The read that has last found a new usable entry.</summary>
    public long WrittenIn { get; set; }

    /// <summary>Takes over what the store holds now; the same bytes as before cost nothing.</summary>
    /// <returns>True when the value is another one than before.</returns>
    public bool Update(byte[] bytes) => bytes.Length > PodEntry.MaxBytes ? UpdateOversize(bytes.Length) : UpdateBytes(bytes);

    private bool UpdateBytes(byte[] bytes)
    {
        if (_bytes is not null && bytes.AsSpan().SequenceEqual(_bytes))
        {
            return false;
        }

        (_bytes, _oversize) = (bytes, 0);
        Skipped = PodEntry.Read(bytes, Name, out PodEntry? entry);
        Good = entry ?? Good;
        return true;
    }

    // The bytes of a value that is too large are not kept; its size stands for them.
    private bool UpdateOversize(int size)
    {
        bool isChanged = size != _oversize;
        (_bytes, _oversize, Skipped) = (null, size, DiscoverySkipReason.TooLarge);
        return isChanged;
    }
}
