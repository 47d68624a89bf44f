namespace Llumnix.Adapters.KvStore;

/// <summary>
/// Notices that a store never hits though prompts repeat: of the prompts whose first chunk was seen before, so many in a row had no hit.
/// For any threads.
/// </summary>
internal sealed class MissingHits
{
    /// <summary>Repeated prompts without a hit that are one too many.</summary>
    internal const int Limit = 1000;

    private const int MaxKeys = 4096;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private int _misses;

    /// <summary>Takes note of a lookup.</summary>
    /// <returns>True once when the limit is reached; again only after a hit.</returns>
    internal bool Note(string firstKey, bool isHit)
    {
        lock (_lock)
        {
            if (isHit)
            {
                _misses = 0;
                return false;
            }

            if (!_seen.Add(firstKey))
            {
                return ++_misses == Limit;
            }

            _order.Enqueue(firstKey);
            if (_order.Count > MaxKeys)
            {
                _seen.Remove(_order.Dequeue());
            }

            return false;
        }
    }
}
