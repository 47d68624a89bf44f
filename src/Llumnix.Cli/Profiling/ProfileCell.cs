namespace Llumnix.Cli.Profiling;

/// <summary>A finished cell of a table.</summary>
/// <param name="Name">Its name for display.</param>
/// <param name="Milliseconds">Its median; null when it could not be measured.</param>
internal sealed record ProfileCell(string Name, double? Milliseconds)
{
    /// <summary>Why it could not be measured; null when it is in the table.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether an earlier run measured it.</summary>
    public bool IsKnown { get; init; }
}
