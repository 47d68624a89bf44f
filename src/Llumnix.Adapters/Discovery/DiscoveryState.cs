namespace Llumnix.Adapters.Discovery;

/// <summary>How a discovery source is doing.</summary>
/// <param name="Available">Whether the store answers: the list at hand is the store's.</param>
/// <param name="FirstListLoaded">Whether a list has ever been read.</param>
/// <param name="LastError">Why the store does not answer, without secrets; null when it does.</param>
/// <param name="Silence">Why what the store answers is not taken for the fleet, in words; null when it is.</param>
/// <param name="Since">Since when the store has been available, or not.</param>
public sealed record DiscoveryState(bool Available, bool FirstListLoaded, string? LastError, string? Silence, DateTimeOffset Since);
