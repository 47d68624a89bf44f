namespace Llumnix.Adapters.EngineSignals;

/// <summary>An engine could not be read; the message tells why, without secrets.</summary>
internal sealed class EngineReadException(EngineReadFailure reason, string message) : Exception(message)
{
    /// <summary>The kind of failure.</summary>
    public EngineReadFailure Reason { get; } = reason;
}
