using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Llumnix.Scheduling.Collections;

/// <summary>Lists of entries by a key; few entries share one.</summary>
internal class KeyedLists<TKey>(IEqualityComparer<TKey> comparer)
    where TKey : notnull
{
    private readonly IndexLinks _links = new();

    private protected Dictionary<TKey, IndexList> Lists { get; } = new(1024, comparer);

    /// <summary>The key's first entry; 0 when it has none.</summary>
    internal int First(TKey key) => Lists.TryGetValue(key, out IndexList list) ? list.First : 0;

    /// <summary>The next entry of the same key; 0 after the last.</summary>
    internal int Next(int index) => _links.Next(index);

    internal void Add(TKey key, int index) =>
        _links.AddLast(ref CollectionsMarshal.GetValueRefOrAddDefault(Lists, key, out _), index);

    internal void Remove(TKey key, int index)
    {
        ref IndexList list = ref CollectionsMarshal.GetValueRefOrNullRef(Lists, key);
        if (Unsafe.IsNullRef(ref list))
        {
            return;
        }

        _links.Remove(ref list, index);
        if (list.IsEmpty)
        {
            Lists.Remove(key);
        }
    }
}
