namespace Llumnix.Adapters.Cms;

/// <summary>How the CMS source is doing.</summary>
/// <param name="Available">Whether the last poll of the store succeeded.</param>
/// <param name="FirstViewLoaded">Whether a poll has ever succeeded.</param>
/// <param name="LastError">Why the last poll failed, without secrets; null when it did not.</param>
/// <param name="Silence">Why what the store answers is not taken for the fleet, in words; null when it is.</param>
/// <param name="Since">Since when the store has been available, or not.</param>
public sealed record CmsSourceState(bool Available, bool FirstViewLoaded, string? LastError, string? Silence, DateTimeOffset Since);
