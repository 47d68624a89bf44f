namespace Llumnix.Scheduling.Draining;

/// <summary>What became of the order to drain.</summary>
public enum DrainOutcome
{
    /// <summary>The drain is in force, from now on or since before.</summary>
    InForce,

    /// <summary>No instance has the name.</summary>
    UnknownInstance,

    /// <summary>Several instances have the name, and they are not one engine: nothing is drained.</summary>
    AmbiguousInstance,

    /// <summary>There are as many drains as there may be.</summary>
    TooMany,
}
