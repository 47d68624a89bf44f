namespace Llumnix.Server.Options;

/// <summary>Scheduling mode and policy.</summary>
public sealed record ModeOptions
{
    /// <summary>Full mode (instances from the CMS) or lite mode (instances from discovery).</summary>
    public bool IsFull { get; init; } = true;

    /// <summary>The scheduling policy's name in the mode's catalogue.</summary>
    public string Policy { get; init; } = "load-balance";
}
