namespace Llumnix.Simulation.Traces;

/// <summary>What is wrong with the columns of one row.</summary>
internal sealed class RowErrors
{
    private readonly List<string> _errors = [];

    /// <summary>Adds what is wrong with a column.</summary>
    internal void Add(string column, string error) => _errors.Add($"column {column}: {error}");

    /// <summary>All of it on one line; null: nothing is wrong.</summary>
    public override string? ToString() => _errors.Count == 0 ? null : string.Join("; ", _errors);
}
