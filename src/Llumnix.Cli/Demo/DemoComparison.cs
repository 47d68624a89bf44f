using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>The two runs of a demo over the same arrivals.</summary>
/// <param name="PolicyName">The policy that is compared with the baseline.</param>
/// <param name="Instances">Instances of the fleet in either run.</param>
/// <param name="Policy">Result of the policy's run.</param>
/// <param name="Baseline">Result of the baseline's run; null when it did not take place.</param>
internal sealed record DemoComparison(string PolicyName, int Instances, LoadResult Policy, LoadResult? Baseline)
{
    /// <summary>The baseline's name.</summary>
    public string BaselineName { get; init; } = "round-robin";

    /// <summary>Share of the prompt tokens that were in a prefix cache, 0 to 1; null when it is not compared.</summary>
    public double? PolicyHits { get; init; }

    /// <summary>The same for the baseline.</summary>
    public double? BaselineHits { get; init; }
}
