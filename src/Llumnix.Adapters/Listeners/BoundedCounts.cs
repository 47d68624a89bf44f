namespace Llumnix.Adapters.Listeners;

/// <summary>Counts held items, in total and per key, up to a bound on each. Not thread-safe.</summary>
/// <param name="total">Bound on the total.</param>
/// <param name="perKey">Bound on each key.</param>
public sealed class BoundedCounts<TKey>(int total, int perKey)
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _counts = [];

    /// <summary>Number of held items.</summary>
    public int Count { get; private set; }

    /// <summary>Counts one more item; false when a bound forbids it.</summary>
    public bool TryAdd(TKey key)
    {
        int count = _counts.GetValueOrDefault(key);
        if (Count >= total || count >= perKey)
        {
            return false;
        }

        _counts[key] = count + 1;
        Count++;
        return true;
    }

    /// <summary>Uncounts an item.</summary>
    public void Remove(TKey key)
    {
        int left = _counts[key] - 1;
        Count--;
        if (left == 0)
        {
            _counts.Remove(key);
        }
        else
        {
            _counts[key] = left;
        }
    }
}
