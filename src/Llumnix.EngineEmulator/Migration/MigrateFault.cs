namespace Llumnix.EngineEmulator.Migration;

/// <summary>How an engine's Migrate calls fail.</summary>
public enum MigrateFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They never answer.</summary>
    Hang,

    /// <summary>They answer with <c>success = false</c>.</summary>
    Refuse,

    /// <summary>They answer with a gRPC error.</summary>
    Error,
}
