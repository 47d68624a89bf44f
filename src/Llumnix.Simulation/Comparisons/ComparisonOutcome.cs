namespace Llumnix.Simulation.Comparisons;

/// <summary>How a contestant stands against another one, all respects together.</summary>
internal enum ComparisonOutcome
{
    /// <summary>No respect differs clearly.</summary>
    Level,

    /// <summary>It did better.</summary>
    Better,

    /// <summary>It did worse.</summary>
    Worse,

    /// <summary>It did better in one respect and worse in another of the same weight.</summary>
    Mixed,

    /// <summary>The latencies differ clearly, but a share of requests says the opposite, within the noise: more seeds or a longer run would tell.</summary>
    Undecided,
}
