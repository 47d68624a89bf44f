namespace Llumnix.Cli.Drain;

/// <summary>The answer of a scheduler's <c>/admin/drain</c>.</summary>
/// <param name="SafeToDelete">Whether all instances of all drains in it can be deleted.</param>
/// <param name="Drains">The drains.</param>
internal sealed record DrainStatus(bool SafeToDelete, IReadOnlyList<ReportedDrain> Drains);
