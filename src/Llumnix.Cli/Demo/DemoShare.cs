using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Demo;

/// <summary>A share of the requests in one run and in that which it is compared with.</summary>
/// <param name="Label">What the requests of the share did, as a sentence goes on after the number.</param>
/// <param name="Mine">The run's share, 0 to 1.</param>
/// <param name="Other">The other run's.</param>
/// <param name="IsClear">Whether the difference is more than the noise; null where nothing is known of the noise.</param>
internal readonly record struct DemoShare(string Label, double Mine, double Other, bool? IsClear)
{
    /// <summary>
    /// Whether the difference is one of requests that were cut off. These are those that came last, in the last parts of the run, so that the parts cannot agree
    /// on it: the noise of it is not known.
    /// </summary>
    public bool IsCutOff { get; init; }

    /// <summary>1 where the run's share is clearly the larger one, -1 where it is the smaller one, else 0.</summary>
    public int Sign => IsClear == false ? 0 : SignOfDifference;

    /// <summary>The same of a difference that would count but is within the noise, or one of requests that were cut off.</summary>
    public int SignWithinNoise => IsClear == false ? SignOfDifference : 0;

    private int SignOfDifference => Math.Abs(Mine - Other) < ComparisonRule.ShareTolerance ? 0 : Math.Sign(Mine - Other);

    /// <summary>The share as a part of a sentence: "80.0% met their targets (75.0% with round-robin)".</summary>
    /// <param name="other">The other run's name.</param>
    public string Describe(string other) =>
        $"{DemoText.OneDecimal(Mine * 100)}% {Label} ({DemoText.OneDecimal(Other * 100)}% with {other}{Noise})";

    private string Noise => SignWithinNoise == 0 ? ""
        : IsCutOff ? "; the difference is in the requests cut off at the end, of which the noise is not known"
        : ", within the noise";
}
