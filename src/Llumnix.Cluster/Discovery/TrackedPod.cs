using System.IO.Hashing;

namespace Llumnix.Cluster.Discovery;

/// <summary>What the store holds of one pod: a digest of its last value, and the last usable entry that it gave.</summary>
internal sealed class TrackedPod(string name)
{
    private UInt128? _digest;
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

    /// <summary>Keeps no more than the age of an entry that nobody will use; when it is written again it comes back.</summary>
    public void Shed()
    {
        if (Good is { Instances.Count: > 0 } or { Skipped.Count: > 0 })
        {
            Good = Good with { Instances = [], Skipped = [] };
        }
    }

    private bool UpdateBytes(byte[] bytes)
    {
        UInt128 digest = XxHash128.HashToUInt128(bytes);
        if (digest == _digest)
        {
            return false;
        }

        (_digest, _oversize) = (digest, 0);
        Skipped = PodEntry.Read(bytes, Name, out PodEntry? entry);
        Good = entry ?? Good;
        return true;
    }

    // The size of a value that is too large stands for its bytes.
    private bool UpdateOversize(int size)
    {
        bool isChanged = size != _oversize;
        (_digest, _oversize, Skipped) = (null, size, DiscoverySkipReason.TooLarge);
        return isChanged;
    }
}
