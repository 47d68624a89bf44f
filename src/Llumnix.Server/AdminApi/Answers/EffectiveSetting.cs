namespace Llumnix.Server.AdminApi.Answers;

/// <summary>An option as it takes effect.</summary>
/// <param name="Flag">The flag without dashes.</param>
/// <param name="Group">The group that the reference lists it in.</param>
/// <param name="Value">Its value as a flag would give it; <c>***</c> for a secret.</param>
/// <param name="Default">Its default; empty for a secret.</param>
/// <param name="IsDefault">Whether it has its default.</param>
/// <param name="Source">The place that set it, such as <c>default</c>, <c>--port</c> or <c>LLUMNIX_SCHEDULER_PORT</c>.</param>
/// <param name="Description">What it is for.</param>
public sealed record EffectiveSetting(string Flag, string Group, string Value, string Default, bool IsDefault, string Source, string Description);
