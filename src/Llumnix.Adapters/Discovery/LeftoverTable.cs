namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The store's unused entries, mostly of pods that are long gone: they have no TTL in Redis, and there may be very many. Only digests are kept of
/// each, and a bounded number is read again at each listing, so that a rewritten entry is noticed. For one thread at a time.
/// </summary>
/// <param name="capacity">Largest number of entries.</param>
/// <param name="perListing">Approximate number of entries that are read again per listing.</param>
internal sealed class LeftoverTable(int capacity, int perListing)
{
    private readonly Dictionary<ulong, Leftover> _leftovers = [];
    private readonly List<ulong> _gone = [];
    private int _listing;

    /// <summary>How many there are.</summary>
    public int Count => _leftovers.Count;

    /// <summary>Whether the table is full: then a new key cannot be told from a leftover.</summary>
    public bool IsFull => _leftovers.Count >= capacity;

    /// <summary>Begins a listing of the store's keys.</summary>
    public void BeginListing() => _listing++;

    /// <summary>Notes that a key exists.</summary>
    /// <param name="key">The digest of the key.</param>
    /// <param name="isDue">Whether the value of the key is to be read in this listing.</param>
    /// <returns>Whether the key is in the table.</returns>
    public bool List(ulong key, out bool isDue)
    {
        isDue = false;
        if (!_leftovers.TryGetValue(key, out Leftover leftover))
        {
            return false;
        }

        uint rounds = (uint)(((_leftovers.Count - 1) / perListing) + 1);
        isDue = key % rounds == (uint)_listing % rounds;
        _leftovers[key] = leftover with { Listing = _listing };
        return true;
    }

    /// <summary>Completes a listing: removes the leftovers whose keys it has not found.</summary>
    public void CompleteListing()
    {
        foreach ((ulong key, Leftover leftover) in _leftovers)
        {
            if (leftover.Listing != _listing)
            {
                _gone.Add(key);
            }
        }

        _gone.ForEach(key => _leftovers.Remove(key));
        _gone.Clear();
    }

    /// <summary>Compares the value of a key with the recorded one. A leftover whose value has changed is removed from the table.</summary>
    /// <param name="key">The digest of the key.</param>
    /// <param name="value">The digest of its value.</param>
    /// <param name="skipped">Why the recorded value was not usable; null when it was usable.</param>
    /// <returns>Whether the key is still in the table.</returns>
    public bool Read(ulong key, ulong value, out DiscoverySkipReason? skipped)
    {
        skipped = null;
        if (!_leftovers.TryGetValue(key, out Leftover leftover) || leftover.Value == value)
        {
            return _leftovers.ContainsKey(key);
        }

        skipped = leftover.Skipped;
        _leftovers.Remove(key);
        return false;
    }

    /// <summary>Adds an entry, unless the table is full.</summary>
    public void Add(ulong key, ulong value, DiscoverySkipReason? skipped)
    {
        if (!IsFull)
        {
            _leftovers[key] = new Leftover(value, _listing, skipped);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _leftovers.Clear();

    private readonly record struct Leftover(ulong Value, int Listing, DiscoverySkipReason? Skipped);
}
