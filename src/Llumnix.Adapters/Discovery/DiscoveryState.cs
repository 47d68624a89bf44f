namespace Llumnix.Adapters.Discovery;

/// <summary>The state of a discovery source.</summary>
/// <param name="Available">Whether the store answers, so that the present list is the store's.</param>
/// <param name="FirstListLoaded">Whether a list has ever been read.</param>
/// <param name="LastError">Why the store does not answer, without secrets; null when it does.</param>
/// <param name="Silence">Why the store's answer is not trusted to show the fleet, in words; null when it is trusted.</param>
/// <param name="Since">When <paramref name="Available"/> changed last.</param>
public sealed record DiscoveryState(bool Available, bool FirstListLoaded, string? LastError, string? Silence, DateTimeOffset Since);
