namespace Llumnix.Cli.Drain;

/// <summary>One drain of a <see cref="DrainStatus"/>.</summary>
/// <param name="Scope"><c>instance</c>, <c>node</c>, <c>unit</c>, <c>label</c> or <c>terminating</c>.</param>
/// <param name="Value">What it selects.</param>
/// <param name="SafeToDelete">Whether all of its instances can be deleted.</param>
/// <param name="Instances">Its instances; none when they have left or have not come yet.</param>
internal sealed record ReportedDrain(string Scope, string Value, bool SafeToDelete, IReadOnlyList<ReportedInstance> Instances);
