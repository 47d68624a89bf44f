using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.EngineEmulator.KvStore;

/// <summary>
/// Maps a chunk's key to the content id of the chunk's last block in the engines' prefix caches. Bounded: the oldest keys are forgotten. For any
/// threads.
/// </summary>
internal sealed class ChunkDirectory(ChunkKeyOptions settings)
{
    private const int MaxKeys = 1 << 20;
    private readonly Lock _lock = new();
    private readonly ChunkKeys _keys = ChunkKeys.Create(settings);
    private readonly Dictionary<string, ulong> _lastBlocks = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Adds the chunks of a prompt.</summary>
    /// <param name="prompt">Its token ids.</param>
    /// <param name="contentIds">Chained ids of its complete blocks.</param>
    /// <param name="blockSize">Tokens per block; chunks that do not end with a block are skipped.</param>
    internal void Learn(ReadOnlySpan<uint> prompt, ReadOnlySpan<ulong> contentIds, int blockSize)
    {
        lock (_lock)
        {
            _keys.Begin(prompt.Length);
            while (_keys.Position < _keys.Count)
            {
                string key = _keys.Next(prompt);
                long end = (long)_keys.Position * settings.ChunkSize;
                if (end % blockSize == 0 && end / blockSize <= contentIds.Length && _lastBlocks.TryAdd(key, contentIds[(int)(end / blockSize) - 1]))
                {
                    Forget(key);
                }
            }
        }
    }

    /// <returns>False when the key is unknown or was forgotten.</returns>
    internal bool TryFind(string key, out ulong contentId)
    {
        lock (_lock)
        {
            return _lastBlocks.TryGetValue(key, out contentId);
        }
    }

    private void Forget(string newest)
    {
        _order.Enqueue(newest);
        if (_order.Count > MaxKeys)
        {
            _lastBlocks.Remove(_order.Dequeue());
        }
    }
}
