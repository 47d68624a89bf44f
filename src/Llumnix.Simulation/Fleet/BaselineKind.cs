namespace Llumnix.Simulation.Fleet;

/// <summary>Simple placement rules to compare the scheduler with.</summary>
public enum BaselineKind
{
    /// <summary>The engines in turn.</summary>
    RoundRobin,

    /// <summary>A random engine.</summary>
    Random,

    /// <summary>The engine with the fewest active requests, as the gateway counts them.</summary>
    LeastRequests,

    /// <summary>The engine with fewer active requests of two random ones.</summary>
    PowerOfTwo,
}
