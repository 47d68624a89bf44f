namespace Llumnix.Scheduling.Collections;

/// <summary>
/// A pool of entries in one array, identified by their index from 1 on. Recycled indices are reused, so that steady traffic allocates nothing.
/// </summary>
internal sealed class EntryPool<TEntry>
    where TEntry : struct
{
    private TEntry[] _entries = new TEntry[1024];
    private int[] _recycled = new int[1024];
    private int _recycledCount;
    private int _used = 1;

    /// <summary>Number of entries in use.</summary>
    internal int Count => _used - 1 - _recycledCount;

    /// <summary>Above every index in use.</summary>
    internal int End => _used;

    /// <summary>The entry; the reference is valid until the next <see cref="Allocate"/>.</summary>
    internal ref TEntry this[int index] => ref _entries[index];

    /// <summary>Allocates an entry in its initial state and returns its index.</summary>
    internal int Allocate()
    {
        if (_recycledCount > 0)
        {
            return _recycled[--_recycledCount];
        }

        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        return _used++;
    }

    /// <summary>Returns an entry to the pool.</summary>
    internal void Recycle(int index)
    {
        _entries[index] = default;
        if (_recycledCount == _recycled.Length)
        {
            Array.Resize(ref _recycled, _recycled.Length * 2);
        }

        _recycled[_recycledCount++] = index;
    }
}
