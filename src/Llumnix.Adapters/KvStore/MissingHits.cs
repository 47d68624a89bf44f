namespace Llumnix.Adapters.KvStore;

/// <summary>
/// Detects a store that never hits although prompts repeat: <see cref="Limit"/> prompts in a row whose first chunk was seen before had no hit. For
/// any threads.
/// </summary>
internal sealed class MissingHits
{
    /// <summary>Number of repeated prompts in a row without a hit that is reported.</summary>
    internal const int Limit = 1000;

    private const int MaxKeys = 4096;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private int _misses;

    /// <summary>Records a lookup.</summary>
    /// <returns>True once when the limit is reached; then not again before a hit.</returns>
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
