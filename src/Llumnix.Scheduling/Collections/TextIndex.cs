namespace Llumnix.Scheduling.Collections;

/// <summary>Lists of entries by a text, such as a request id; finds them by spans without a string.</summary>
internal sealed class TextIndex : KeyedLists<string>
{
    private readonly Dictionary<string, IndexList>.AlternateLookup<ReadOnlySpan<char>> _listsBySpan;

    internal TextIndex()
        : base(StringComparer.Ordinal) => _listsBySpan = Lists.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The text's first entry; 0 when it has none.</summary>
    internal int First(ReadOnlySpan<char> text) => _listsBySpan.TryGetValue(text, out IndexList list) ? list.First : 0;
}
