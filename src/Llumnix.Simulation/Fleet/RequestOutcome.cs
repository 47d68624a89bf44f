namespace Llumnix.Simulation.Fleet;

/// <summary>The outcome of a request.</summary>
public enum RequestOutcome : byte
{
    /// <summary>It got all its tokens.</summary>
    Completed,

    /// <summary>The scheduler refused it.</summary>
    Refused,

    /// <summary>An engine refused it or crashed under it.</summary>
    Lost,

    /// <summary>It was still in progress when the simulation ended.</summary>
    CutOff,
}
