namespace Llumnix.EngineEmulator;

/// <summary>How an engine's answers about its load fail.</summary>
public enum MetricsFault
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>Status 500.</summary>
    Error,

    /// <summary>Bytes that are neither metrics nor JSON.</summary>
    Garbage,

    /// <summary>The answer comes two seconds late.</summary>
    Slow,

    /// <summary>No answer until the client leaves.</summary>
    Frozen,
}
