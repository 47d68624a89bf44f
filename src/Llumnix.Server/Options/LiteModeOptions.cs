namespace Llumnix.Server.Options;

/// <summary>What only lite mode knows.</summary>
public sealed record LiteModeOptions
{
    /// <summary>Whether a request goes only to instances of its model, or of none.</summary>
    public bool IsMultiModelSupported { get; init; }
}
