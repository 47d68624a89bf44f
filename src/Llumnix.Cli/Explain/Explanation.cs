namespace Llumnix.Cli.Explain;

/// <summary>The answer of a scheduler's <c>/debug/explain</c>.</summary>
/// <param name="Roles">One for each instance that the request needs.</param>
internal sealed record Explanation(IReadOnlyList<ExplainedRole> Roles);
