namespace Llumnix.Server.Options;

/// <summary>Options that apply to lite mode only.</summary>
public sealed record LiteModeOptions
{
    /// <summary>Whether a request goes only to instances of its model, or of none.</summary>
    public bool IsMultiModelSupported { get; init; }
}
