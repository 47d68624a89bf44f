namespace Llumnix.Gateway.Relay;

/// <summary>Why an engine gave no answer.</summary>
internal enum EngineFailure
{
    /// <summary>It gave one.</summary>
    None,

    /// <summary>It could not be connected to.</summary>
    Refused,

    /// <summary>The connection broke off.</summary>
    Broken,
}
