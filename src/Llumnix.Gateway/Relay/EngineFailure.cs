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

    /// <summary>The engine sends to another address: what listens there is not an engine.</summary>
    Redirected,
}
