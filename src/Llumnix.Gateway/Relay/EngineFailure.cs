namespace Llumnix.Gateway.Relay;

/// <summary>Why an engine gave no answer.</summary>
internal enum EngineFailure
{
    /// <summary>No failure: the engine answered.</summary>
    None,

    /// <summary>No connection to the engine could be made.</summary>
    Refused,

    /// <summary>The connection broke off.</summary>
    Broken,
}
