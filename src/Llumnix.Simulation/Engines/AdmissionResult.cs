namespace Llumnix.Simulation.Engines;

/// <summary>The engine's answer to a new request.</summary>
public enum AdmissionResult
{
    /// <summary>It waits for its first step.</summary>
    Accepted,

    /// <summary>Refused: prompt and output together exceed the engine's KV capacity.</summary>
    TooLong,

    /// <summary>Refused: the engine already holds a request with this id.</summary>
    DuplicateId,

    /// <summary>Refused: the waiting queue is full.</summary>
    QueueFull,

    /// <summary>Refused: the prompt or the output is shorter than one token.</summary>
    Empty,
}
