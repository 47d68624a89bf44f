namespace Llumnix.Cli.Profiling;

/// <summary>The measurements of a cell.</summary>
/// <param name="Milliseconds">One value per repeat; empty when the cell cannot be measured.</param>
/// <param name="Refusal">Why the cell cannot be measured; null when it was measured.</param>
internal readonly record struct CellSamples(IReadOnlyList<double> Milliseconds, string? Refusal)
{
    public static CellSamples Refused(string reason) => new([], reason);
}
