namespace Llumnix.Server.Options;

/// <summary>Scheduling mode and policy.</summary>
public sealed record ModeOptions
{
    /// <summary>Full mode (instances from the CMS) or lite mode (instances from discovery).</summary>
    public bool IsFull { get; init; } = true;

    /// <summary>Where full mode gets statuses from.</summary>
    public StatusSourceKind StatusSource { get; init; }

    /// <summary>Whether it is full mode over the engines' own metrics.</summary>
    public bool IsOverEngineMetrics => IsFull && StatusSource == StatusSourceKind.Engines;

    /// <summary>Whether instances come from discovery and not from the CMS.</summary>
    public bool IsOverDiscovery => !IsFull || StatusSource == StatusSourceKind.Engines;

    /// <summary>The scheduling policy's name in the mode's catalogue.</summary>
    public string Policy { get; init; } = "load-balance";
}
