namespace Llumnix.Adapters.Cms;

/// <summary>The state of the CMS source.</summary>
/// <param name="Available">Whether the last poll of the store succeeded.</param>
/// <param name="FirstViewLoaded">Whether a poll has ever succeeded.</param>
/// <param name="LastError">Why the last poll failed, without secrets; null when it did not.</param>
/// <param name="Silence">Why the store's answer is not trusted to show the fleet, in words; null when it is trusted.</param>
/// <param name="Since">When <paramref name="Available"/> changed last.</param>
public sealed record CmsSourceState(bool Available, bool FirstViewLoaded, string? LastError, string? Silence, DateTimeOffset Since);
