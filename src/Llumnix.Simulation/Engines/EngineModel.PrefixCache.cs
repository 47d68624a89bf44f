namespace Llumnix.Simulation.Engines;

public sealed partial class EngineModel
{
    /// <summary>Prompt tokens that admitted requests found in the prefix cache, those of a second prefill after a preemption included.</summary>
    public long CachedPromptTokens { get; private set; }

    /// <summary>Whether the prefix cache holds a block, in use or idle.</summary>
    public bool IsCached(ulong contentId) => _pool.IsCached(contentId);
}
