namespace Llumnix.Scheduling.PrefixCache;

/// <summary>Counts for each host how many leading chunks of a prompt it holds without a gap. Not thread-safe.</summary>
public sealed class PrefixHitCounter
{
    private readonly Dictionary<string, int> _leading = new(StringComparer.Ordinal);

    /// <summary>Number of chunks that were added.</summary>
    public int Chunks { get; private set; }

    /// <summary>Adds the next chunk.</summary>
    /// <param name="hosts">The hosts that hold the chunk.</param>
    /// <returns>False when no host holds all chunks so far, so that later ones do not matter.</returns>
    public bool Add(IReadOnlyList<string> hosts)
    {
        bool isHeld = false;
        for (int i = 0; i < hosts.Count; i++)
        {
            if (Chunks == 0 || (_leading.TryGetValue(hosts[i], out int leading) && leading == Chunks))
            {
                _leading[hosts[i]] = Chunks + 1;
                isHeld = true;
            }
        }

        Chunks++;
        return isHeld;
    }

    /// <summary>The hits in tokens.</summary>
    /// <param name="chunkSize">Tokens per chunk.</param>
    /// <param name="promptTokens">The prompt's length, which limits hits, as its last chunk may be incomplete.</param>
    public StoredPrefixHits ToHits(int chunkSize, int promptTokens) => new(_leading.ToDictionary(
        static pair => pair.Key, pair => (int)Math.Min((long)pair.Value * chunkSize, promptTokens), StringComparer.Ordinal));
}
