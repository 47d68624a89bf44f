namespace Llumnix.Adapters.Probes;

/// <summary>What a probe of an address found.</summary>
public enum ProbeOutcome : byte
{
    /// <summary>Something answers: an HTTP status below 500, or bytes that are not HTTP.</summary>
    Answers,

    /// <summary>Connections are refused: no process listens.</summary>
    Refused,

    /// <summary>No connection or no answer within the timeout, a connection that ends without an answer, or no way to the host.</summary>
    NoAnswer,

    /// <summary>HTTP 5xx at <c>/health</c>: the API server lives and says that its engine does not.</summary>
    Unhealthy,

    /// <summary>It cannot be probed: no address, or its name cannot be looked up.</summary>
    Unknown,
}
