using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// Remembers which prompt prefixes were placed on which instances, within the KV capacity of each, and so estimates what their prefix caches hold.
/// Guarded by the scheduler's lock.
/// </summary>
/// <remarks>
/// <see cref="PrefixHoldings"/> lead from a chunk, that is from a prefix that ends with it, to the instances that hold it; per instance a list in order of use says what
/// its engine evicts next. A placement makes the chunks of its prompt the instance's newest, the first chunk last. So an instance never loses a chunk before the
/// chunks that follow it: it holds a prompt's prefix without a gap, the sets of instances along a prompt are nested, and one walk from the deepest known
/// chunk to the first finds the hits of all instances.
/// </remarks>
internal sealed class PrefixHistory
{
    /// <summary>How many holdings of instances that have left one placement removes.</summary>
    private const int RemovedPerPlacement = 64;

    private readonly ulong _seed;
    private readonly PrefixHoldings _holdings;
    private readonly List<PlacedPrefixes?> _members = [];
    private readonly Stack<int> _freeIds = [];
    private readonly Queue<int> _leaving = new();
    private readonly ulong[] _keys = new ulong[PromptPrefix.MaxChunks];
    private readonly int[] _known = new int[PromptPrefix.MaxChunks];
    private long _search;
    private int _length;
    private int _knownLength;
    private double _tokensPerChunk;
    private int _memberCount;

    /// <param name="options">Its size.</param>
    /// <param name="seed">Makes the table's order unpredictable to clients, who choose the prompts.</param>
    internal PrefixHistory(PrefixHistoryOptions options, long seed)
    {
        _seed = (ulong)seed;
        _holdings = new PrefixHoldings(options.MaxChunks);
        Hits = new RoutedPrefixHits(this);
    }

    /// <summary>The hits of the newest search.</summary>
    internal PrefixHits Hits { get; }

    /// <summary>The longest hit of the newest search on any instance, in tokens, without corrections.</summary>
    internal int LongestHitTokens => (int)Math.Min(int.MaxValue, _knownLength * _tokensPerChunk);

    /// <summary>Number of remembered chunks, each counted once per instance that holds it.</summary>
    internal int Count => _holdings.Count;

    /// <summary>Admits an instance that holds nothing.</summary>
    /// <returns>Its id in the history, not negative.</returns>
    internal int Join()
    {
        _memberCount++;
        if (_freeIds.TryPop(out int id))
        {
            _members[id] = new PlacedPrefixes();
            return id;
        }

        _members.Add(new PlacedPrefixes());
        return _members.Count - 1;
    }

    /// <summary>Drops an instance. What it held no longer counts; it is removed piece by piece by later placements.</summary>
    internal void Leave(int id)
    {
        _memberCount--;
        _leaving.Enqueue(id);
    }

    /// <summary>Finds out how much of a prompt each instance holds: <see cref="HitTokensOn"/> and <see cref="Place"/> are about this prompt.</summary>
    /// <param name="prefix">What identifies the prompt.</param>
    /// <param name="model">The model asked for: prompts of two models, or of two adapters of one, share nothing.</param>
    internal void Search(in PromptPrefix prefix, string model = "")
    {
        ReadOnlySpan<ulong> hashes = prefix.Chunks.Span;
        _search++;
        _length = Math.Min(hashes.Length, PromptPrefix.MaxChunks);
        _tokensPerChunk = prefix.TokensPerChunk;
        ulong key = Mix(_seed, XxHash3.HashToUInt64(MemoryMarshal.AsBytes(model.AsSpan())));
        int known = 0;
        for (int i = 0; i < _length; i++)
        {
            // A key stands for the whole prefix up to its chunk, whatever the hashes are.
            _keys[i] = key = Mix(key, hashes[i]);
            if (known == i && _holdings.FindChunk(key) is var chunk and not 0)
            {
                _known[known++] = chunk;
            }
        }

        _knownLength = known;
        int found = 0;
        for (int i = known - 1; i >= 0; i--)
        {
            ref readonly PrefixHoldings.Chunk chunk = ref _holdings.ChunkAt(_known[i]);
            for (int index = chunk.FirstHolding; found < chunk.Holders && index != 0;)
            {
                ref readonly PrefixHoldings.Holding holding = ref _holdings.At(index);
                PlacedPrefixes member = _members[holding.Member]!;
                if (member.Search != _search)
                {
                    (member.Search, member.HitChunks, member.Deepest) = (_search, i + 1, index);
                    found++;
                }

                index = holding.NextOfChunk;
            }
        }
    }

    /// <summary>Estimated prefix hit of the prompt on an instance, in tokens, at most the prompt's length. An instance without an id, -1, holds nothing.</summary>
    internal int HitTokensOn(int id, int promptTokens) =>
        id >= 0 && _members[id] is { } member && member.Search == _search
            ? (int)Math.Min(promptTokens, member.HitChunks * _tokensPerChunk * member.Correction.Factor)
            : 0;

    /// <summary>Records that the prompt was placed on an instance.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="promptTokens">The prompt's length in tokens.</param>
    /// <param name="kvTokens">The instance's KV capacity in tokens; 0 or below when it is unknown.</param>
    internal void Place(int id, int promptTokens, int kvTokens)
    {
        PlacedPrefixes member = _members[id]!;
        int held = member.Search == _search ? member.HitChunks : 0;
        member.Correction.Place(promptTokens, Math.Min(promptTokens, held * _tokensPerChunk));
        RemoveLeaving();
        if (_length == 0)
        {
            return;
        }

        double kvChunks = (kvTokens > 0 ? kvTokens : PrefixHistoryOptions.AssumedKvTokens) / _tokensPerChunk;
        int share = (int)Math.Clamp(kvChunks, 1, Math.Max(1, _holdings.Capacity / _memberCount));
        for (int index = held == 0 ? 0 : member.Deepest; index != 0; index = _holdings.At(index).Parent)
        {
            _holdings.MakeNewest(member, index);
        }

        int length = Math.Min(_length, share);
        int kept = share - Math.Max(0, length - held);
        while (member.Count > kept)
        {
            _holdings.Remove(member, member.Oldest);
        }

        int last = held == 0 ? 0 : member.Deepest;
        for (int i = held; i < length && HasRoom(member, i); i++)
        {
            last = _holdings.Add(id, member, last, _keys[i]);
        }

        // The hit of this search may be asked for no more: its deepest holding may be gone.
        member.Search = 0;
    }

    /// <summary>Takes an engine's own counters of its prefix cache, in tokens since its start.</summary>
    /// <returns>False when the engine was restarted and holds nothing of what it held.</returns>
    internal bool TryCount(int id, double queriedTokens, double hitTokens) => _members[id]!.Correction.TryCount(queriedTokens, hitTokens);

    private static ulong Mix(ulong key, ulong hash)
    {
        ulong mixed = (BitOperations.RotateLeft(key, 27) ^ hash) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93;
        return mixed ^ (mixed >> 32);
    }

    /// <summary>Whether one more chunk can be remembered, at the cost of the instance's own older ones where all room is used.</summary>
    private bool HasRoom(PlacedPrefixes member, int used)
    {
        // Room is short only while shares shrink, as more instances join.
        if (_holdings.IsFull && member.Count > used)
        {
            _holdings.Remove(member, member.Oldest);
        }

        return !_holdings.IsFull;
    }

    private void RemoveLeaving()
    {
        for (int removed = 0; _leaving.TryPeek(out int id) && removed < RemovedPerPlacement; removed++)
        {
            PlacedPrefixes member = _members[id]!;
            if (member.Count > 0)
            {
                _holdings.Remove(member, member.Oldest);
                continue;
            }

            _members[id] = null;
            _freeIds.Push(_leaving.Dequeue());
        }
    }
}
