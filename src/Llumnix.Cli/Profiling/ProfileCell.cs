namespace Llumnix.Cli.Profiling;

/// <summary>A cell of a table that is done.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Milliseconds">Its median; null when it could not be measured.</param>
internal sealed record ProfileCell(string Name, double? Milliseconds)
{
    /// <summary>Why it could not be measured; null when it is in the table.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether it was there from an earlier run.</summary>
    public bool IsKnown { get; init; }
}
