namespace Llumnix.Attacks.Harness;

/// <summary>How the attacker was answered, counted by kind. Thread-safe.</summary>
internal sealed class Answers
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    internal void Add(string kind, int count = 1)
    {
        lock (_lock)
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + count;
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_lock)
        {
            return _counts.Count == 0 ? "nothing to answer" : string.Join(", ", _counts.Select(static pair => $"{pair.Key}: {pair.Value:N0}"));
        }
    }
}
