namespace Llumnix.Scheduling.Collections;

/// <summary>Finds entries by request id; a request has few.</summary>
internal sealed class RequestIndex : KeyedLists<string>
{
    private readonly Dictionary<string, IndexList>.AlternateLookup<ReadOnlySpan<char>> _listsBySpan;

    internal RequestIndex()
        : base(StringComparer.Ordinal) => _listsBySpan = Lists.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The request's first entry; 0 when it has none.</summary>
    internal int First(ReadOnlySpan<char> requestId) => _listsBySpan.TryGetValue(requestId, out IndexList list) ? list.First : 0;
}
