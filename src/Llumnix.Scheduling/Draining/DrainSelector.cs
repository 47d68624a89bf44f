namespace Llumnix.Scheduling.Draining;

/// <summary>The instances of a drain. Equal selectors are the same drain.</summary>
/// <param name="Scope">What instances are selected by.</param>
/// <param name="Value">The id of the instance, node or unit, or the label as <c>key=value</c>; empty for <see cref="DrainScope.Terminating"/>.</param>
public readonly record struct DrainSelector(DrainScope Scope, string Value);
