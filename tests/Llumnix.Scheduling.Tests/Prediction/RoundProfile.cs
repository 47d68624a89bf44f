using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Tests.Prediction;

/// <summary>A profile to calculate with in the head: prefill 10 + n/10 ms; decode step 2·batch + context/100 ms.</summary>
internal static class RoundProfile
{
    internal static LatencyProfile Tables { get; } = new(
        new LatencyCurve([100, 1000], [20, 110]),
        new LatencyGrid([1, 11], [8, 1008], [2.08, 12.08, 22.08, 32.08]));

    internal static LatencyPredictor Predictor { get; } = new(Tables);
}
