namespace Llumnix.Simulation.Fleet;

/// <summary>Simple ways to place requests, to compare the scheduler with.</summary>
public enum BaselineKind
{
    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>Any.</summary>
    Random,

    /// <summary>The one with the fewest requests under way, as the gateway counts them.</summary>
    LeastRequests,

    /// <summary>Of two random ones that with fewer requests under way.</summary>
    PowerOfTwo,
}
