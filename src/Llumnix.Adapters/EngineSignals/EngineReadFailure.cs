namespace Llumnix.Adapters.EngineSignals;

/// <summary>Why an engine could not be read.</summary>
public enum EngineReadFailure
{
    /// <summary>No whole answer within the timeout.</summary>
    Timeout,

    /// <summary>No connection, or it broke.</summary>
    Connection,

    /// <summary>An answer that is not 200, redirects among them.</summary>
    Status,

    /// <summary>An answer above the bound.</summary>
    TooLarge,

    /// <summary>An answer that does not tell running and waiting requests of every rank.</summary>
    TellsNoLoad,

    /// <summary>Status 401 or 403: the engine asks for another API key.</summary>
    Denied,
}
