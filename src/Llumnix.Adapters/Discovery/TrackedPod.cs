using System.IO.Hashing;

namespace Llumnix.Adapters.Discovery;

/// <summary>The stored entry of one pod: a digest of its last value, and the last usable entry that was read from it.</summary>
/// <param name="name">The pod's name by its key.</param>
/// <param name="skipped">Why a former value was not usable, where one is remembered.</param>
internal sealed class TrackedPod(string name, DiscoverySkipReason? skipped = null)
{
    private bool _isRead;

    /// <summary>The pod's name by its key.</summary>
    public string Name { get; } = name;

    /// <summary>The digest of the last value; 0 before there is one.</summary>
    public ulong Digest { get; private set; }

    /// <summary>The last usable entry; null when there is none.</summary>
    public PodEntry? Good { get; private set; }

    /// <summary>Why the newest value as a whole is not usable; null when it is.</summary>
    public DiscoverySkipReason? Skipped { get; private set; } = skipped;

    /// <summary>Whether the pod counts as dead, so that its entry is not used.</summary>
    public bool IsExpired { get; set; }

    /// <summary>Whether the store guarantees that the writer lives, as by a lease.</summary>
    public bool IsVouchedFor { get; set; }

    /// <summary>Whether the store no longer has an entry of the pod.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether the store has lost the entry, and its writer is expected to write it again.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Whether its instances were in the list when the store was last judged.</summary>
    public bool IsIn { get; set; }

    /// <summary>Number of the read that found the key last.</summary>
    public long ListedIn { get; set; }

    /// <summary>Number of the read that found a new usable entry last.</summary>
    public long WrittenIn { get; set; }

    /// <summary>Monotonic timestamp of the last new usable entry, moved forward by the time in which no writer could write.</summary>
    public long LastChange { get; set; }

    /// <summary>The digest of a value.</summary>
    public static ulong DigestOf(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);

    /// <summary>Takes over the stored value; the same bytes as before cost nothing.</summary>
    /// <returns>True when the value differs from the one before.</returns>
    public bool Update(byte[] bytes)
    {
        ulong digest = DigestOf(bytes);
        if (_isRead && digest == Digest)
        {
            return false;
        }

        (_isRead, Digest) = (true, digest);
        Skipped = PodEntry.Read(bytes, Name, out PodEntry? entry);
        Good = entry ?? Good;
        return true;
    }
}
