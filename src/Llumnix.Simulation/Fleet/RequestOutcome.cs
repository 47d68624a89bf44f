namespace Llumnix.Simulation.Fleet;

/// <summary>What became of a request.</summary>
public enum RequestOutcome : byte
{
    /// <summary>It got all its tokens.</summary>
    Completed,

    /// <summary>The scheduler refused it.</summary>
    Refused,

    /// <summary>An engine refused it or crashed under it.</summary>
    Lost,

    /// <summary>It was still under way when the simulation ended.</summary>
    CutOff,
}
