namespace Llumnix.Simulation.Engines;

/// <summary>An entry of the prefix cache; a node of the LRU list while no request uses it.</summary>
internal sealed class PrefixBlock(ulong contentId)
{
    public ulong ContentId { get; } = contentId;

    public int Users { get; set; }

    public PrefixBlock? Older { get; set; }

    public PrefixBlock? Newer { get; set; }
}
