using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Llumnix.Scheduling.Collections;

/// <summary>Entries by the id of their request; one request has few.</summary>
internal sealed class RequestIndex
{
    private readonly Dictionary<string, IndexList> _lists = new(1024, StringComparer.Ordinal);
    private readonly Dictionary<string, IndexList>.AlternateLookup<ReadOnlySpan<char>> _listsBySpan;
    private readonly IndexLinks _links = new();

    internal RequestIndex() => _listsBySpan = _lists.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The request's first entry; 0 when it has none.</summary>
    internal int First(string requestId) => _lists.TryGetValue(requestId, out IndexList list) ? list.First : 0;

    /// <inheritdoc cref="First(string)"/>
    internal int First(ReadOnlySpan<char> requestId) => _listsBySpan.TryGetValue(requestId, out IndexList list) ? list.First : 0;

    /// <summary>The next entry of the same request; 0 behind the last.</summary>
    internal int Next(int index) => _links.Next(index);

    internal void Add(string requestId, int index) =>
        _links.AddLast(ref CollectionsMarshal.GetValueRefOrAddDefault(_lists, requestId, out _), index);

    internal void Remove(string requestId, int index)
    {
        ref IndexList list = ref CollectionsMarshal.GetValueRefOrNullRef(_lists, requestId);
        if (Unsafe.IsNullRef(ref list))
        {
            return;
        }

        _links.Remove(ref list, index);
        if (list.IsEmpty)
        {
            _lists.Remove(requestId);
        }
    }
}
