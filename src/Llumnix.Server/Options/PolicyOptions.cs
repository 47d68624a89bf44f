namespace Llumnix.Server.Options;

/// <summary>Scheduling mode and policy.</summary>
public sealed record PolicyOptions
{
    /// <summary>Full mode (instances from the CMS) or lite mode (instances from discovery).</summary>
    public bool IsFullMode { get; init; } = true;

    /// <summary>The scheduling policy's name in the catalogue.</summary>
    public string Name { get; init; } = "load-balance";
}
