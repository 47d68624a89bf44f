namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The entries that are there and not used, as those of pods that are long gone: they have no TTL in Redis, and there may be very many. Of each
/// only digests are kept, and a bounded number is read again at each listing, so that one that is written again is noticed. For one
/// thread at a time.
/// </summary>
/// <param name="capacity">Most entries.</param>
/// <param name="perListing">About as many are due at each listing.</param>
internal sealed class LeftoverTable(int capacity, int perListing)
{
    private readonly Dictionary<ulong, Leftover> _leftovers = [];
    private readonly List<ulong> _gone = [];
    private int _listing;

    /// <summary>How many there are.</summary>
    public int Count => _leftovers.Count;

    /// <summary>Whether there is no room for another one: then a key that is new cannot be told from a leftover.</summary>
    public bool IsFull => _leftovers.Count >= capacity;

    /// <summary>Begins a listing of the store's keys.</summary>
    public void BeginListing() => _listing++;

    /// <summary>Notes that a key is there.</summary>
    /// <param name="key">The digest of the key.</param>
    /// <param name="isDue">Whether its value is to be read: it is its turn.</param>
    /// <returns>Whether the key is a leftover's.</returns>
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

    /// <summary>Completes a listing: leftovers that it has not met are gone.</summary>
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

    /// <summary>Looks at the value of a key. A leftover whose value is another one than before is none any more.</summary>
    /// <param name="key">The digest of the key.</param>
    /// <param name="value">The digest of its value.</param>
    /// <param name="skipped">Why the value of before was not usable, if it was not.</param>
    /// <returns>Whether the key is still a leftover's.</returns>
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

    /// <summary>Takes an entry for a leftover, unless there is no room.</summary>
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
