namespace Llumnix.Scheduling.Collections;

/// <summary>
/// A pool of entries in pages of one size, identified by their index from 1 on. To grow it allocates a page and copies nothing, so that no caller waits for
/// a copy of all entries; recycled indices are reused.
/// </summary>
internal sealed class PagedPool<TEntry>
    where TEntry : struct
{
    private const int PageBits = 12;
    private const int PageSize = 1 << PageBits;
    private const int PageMask = PageSize - 1;
    private readonly TEntry[][] _pages;
    private readonly int[][] _nextFree;
    private int _firstFree;
    private int _used = 1;

    /// <param name="capacity">Largest number of entries.</param>
    internal PagedPool(int capacity)
    {
        Capacity = capacity;
        int pages = (capacity >> PageBits) + 1;
        _pages = new TEntry[pages][];
        _nextFree = new int[pages][];
    }

    /// <summary>Largest number of entries.</summary>
    internal int Capacity { get; }

    /// <summary>Number of entries in use.</summary>
    internal int Count { get; private set; }

    /// <summary>Whether no more entries can be allocated.</summary>
    internal bool IsFull => Count == Capacity;

    /// <summary>The entry; the reference stays valid.</summary>
    internal ref TEntry this[int index] => ref _pages[index >> PageBits][index & PageMask];

    /// <summary>Allocates an entry in its initial state and returns its index. The pool must not be full.</summary>
    internal int Allocate()
    {
        Count++;
        if (_firstFree != 0)
        {
            int free = _firstFree;
            _firstFree = _nextFree[free >> PageBits][free & PageMask];
            return free;
        }

        int page = _used >> PageBits;
        if (_pages[page] is null)
        {
            _pages[page] = new TEntry[PageSize];
            _nextFree[page] = new int[PageSize];
        }

        return _used++;
    }

    /// <summary>Returns an entry to the pool.</summary>
    internal void Recycle(int index)
    {
        Count--;
        this[index] = default;
        _nextFree[index >> PageBits][index & PageMask] = _firstFree;
        _firstFree = index;
    }
}
