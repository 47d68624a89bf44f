namespace Llumnix.Scheduling.Collections;

/// <summary>
/// The links of doubly linked lists of entries. One object serves all lists of a kind ("by instance"), since an entry is in at most one list of each
/// kind. Adding and removing take constant time and allocate only while the number of entries grows.
/// </summary>
internal sealed class IndexLinks
{
    private Link[] _links = new Link[1024];

    internal int Next(int index) => _links[index].Next;

    internal void AddLast(ref IndexList list, int index)
    {
        if (index >= _links.Length)
        {
            Array.Resize(ref _links, Math.Max(_links.Length * 2, index + 1));
        }

        _links[index] = new Link(list.Last, 0);
        if (list.Last == 0)
        {
            list.First = index;
        }
        else
        {
            _links[list.Last].Next = index;
        }

        list.Last = index;
    }

    internal void Remove(ref IndexList list, int index)
    {
        Link link = _links[index];
        if (link.Previous == 0)
        {
            list.First = link.Next;
        }
        else
        {
            _links[link.Previous].Next = link.Next;
        }

        if (link.Next == 0)
        {
            list.Last = link.Previous;
        }
        else
        {
            _links[link.Next].Previous = link.Previous;
        }
    }

    private struct Link(int previous, int next)
    {
        internal int Previous = previous;
        internal int Next = next;
    }
}
