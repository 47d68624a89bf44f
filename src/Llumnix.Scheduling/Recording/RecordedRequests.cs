namespace Llumnix.Scheduling.Recording;

/// <summary>The recorded decisions that reports of gateways are about, by request. Bounded by the capacity of the history. Not thread-safe.</summary>
/// <param name="capacity">The capacity of the history.</param>
internal sealed class RecordedRequests(int capacity)
{
    private readonly string?[] _requestIds = new string?[capacity];
    private readonly Dictionary<string, long> _sequences = new(StringComparer.Ordinal);

    /// <summary>Adds a decision. It replaces an earlier one for the same request, and forgets the one whose place it takes in the history.</summary>
    /// <param name="sequence">The decision.</param>
    /// <param name="requestId">Its request; null when no report is about it.</param>
    public void Add(long sequence, string? requestId)
    {
        ref string? place = ref _requestIds[sequence % _requestIds.Length];
        if (place is not null && _sequences.TryGetValue(place, out long old) && old <= sequence - _requestIds.Length)
        {
            _sequences.Remove(place);
        }

        place = requestId;
        if (requestId is not null)
        {
            _sequences[requestId] = sequence;
        }
    }

    /// <summary>Finds the decision of a request.</summary>
    public bool TryFind(ReadOnlySpan<char> requestId, out long sequence) =>
        _sequences.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(requestId, out sequence);
}
