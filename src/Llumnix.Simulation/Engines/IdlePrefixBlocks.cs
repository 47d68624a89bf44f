namespace Llumnix.Simulation.Engines;

/// <summary>Prefix blocks that no request uses, least recently used first. An intrusive list, so that a step allocates nothing here.</summary>
internal sealed class IdlePrefixBlocks
{
    private PrefixBlock? _newest;

    public PrefixBlock? Oldest { get; private set; }

    public int Count { get; private set; }

    public void Add(PrefixBlock block)
    {
        block.Older = _newest;
        block.Newer = null;
        if (_newest is null)
        {
            Oldest = block;
        }
        else
        {
            _newest.Newer = block;
        }

        _newest = block;
        Count++;
    }

    public void Remove(PrefixBlock block)
    {
        if (block.Older is null)
        {
            Oldest = block.Newer;
        }
        else
        {
            block.Older.Newer = block.Newer;
        }

        if (block.Newer is null)
        {
            _newest = block.Older;
        }
        else
        {
            block.Newer.Older = block.Older;
        }

        Count--;
    }
}
