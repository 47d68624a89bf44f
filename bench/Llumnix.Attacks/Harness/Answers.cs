namespace Llumnix.Attacks.Harness;

/// <summary>How the attacker was answered, counted by kind. Thread-safe.</summary>
internal sealed class Answers
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Answers 500: what nobody had foreseen.</summary>
    internal int ServerErrors
    {
        get
        {
            lock (_lock)
            {
                return _counts.Where(static pair => pair.Key.EndsWith("500", StringComparison.Ordinal)).Sum(static pair => pair.Value);
            }
        }
    }

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
