namespace Llumnix.Scheduling.Draining;

/// <summary>What became of the order to drain.</summary>
public enum DrainOutcome
{
    /// <summary>The drain is in force, from now on or since before.</summary>
    InForce,

    /// <summary>No instance has the name.</summary>
    UnknownInstance,

    /// <summary>There are as many drains as there may be.</summary>
    TooMany,
}
