namespace Llumnix.EngineEmulator.Engines;

/// <summary>When things happened to a request, as timestamps of the clock; null before that. Written by the engine that computes it.</summary>
internal struct RequestTimes
{
    /// <summary>It was accepted.</summary>
    public long? AcceptedAt { get; set; }

    /// <summary>Its newest token.</summary>
    public long? LastTokenAt { get; set; }
}
