namespace Llumnix.Simulation.Engines;

public sealed partial class EngineModel
{
    /// <summary>Prompt tokens of the requests whose prefill has begun here. A repeated prefill after a preemption does not count.</summary>
    public long PrefilledPromptTokens { get; private set; }

    /// <summary>The part of <see cref="PrefilledPromptTokens"/> that was in the prefix cache and not computed.</summary>
    public long CachedPromptTokens { get; private set; }

    /// <summary>Whether the prefix cache holds a block, in use or idle.</summary>
    public bool IsCached(ulong contentId) => _pool.IsCached(contentId);

    /// <summary>Drops the part of the prefix cache that no request uses.</summary>
    public void ClearPrefixCache()
    {
        _pool.EvictIdle();
        UpdateId++;
    }

    private void CountPrefill(Sequence sequence, int cachedTokens)
    {
        if (sequence.IsPrefilledBefore)
        {
            return;
        }

        sequence.IsPrefilledBefore = true;
        PrefilledPromptTokens += sequence.Request.PromptTokens;
        CachedPromptTokens += cachedTokens;
    }
}
