using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.Policies;

/// <summary>The policies of full mode, by name.</summary>
/// <param name="metrics">The metrics that policies may name.</param>
/// <param name="predictor">Predicts latencies, for the <c>slo</c> policy; null where there are no profiling tables.</param>
/// <param name="added">Policies in addition to the built-in ones; null for none.</param>
public sealed class FullModePolicies(
    MetricCatalogue<FullModeInstance> metrics, LatencyPredictor? predictor = null, IReadOnlyCollection<PolicyBuilder<FullModeInstance>>? added = null)
    : PolicyCatalogue<FullModeInstance>(metrics, BuildersWith(predictor), added)
{
    /// <summary>The names of the built-in ones, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BuildersWith(predictor: null).Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, Func<MetricCatalogue<FullModeInstance>, PolicyOptions, SchedulingPolicy<FullModeInstance>>> BuildersWith(
        LatencyPredictor? predictor) => new(StringComparer.Ordinal)
        {
            ["load-balance"] = BuiltInPolicies.LoadBalance,
            ["flood"] = BuiltInPolicies.Flood,
            ["round-robin"] = BuiltInPolicies.RoundRobin,
            [SloPolicy.Name] = (_, options) => BuildSlo(options, predictor),
        };

    private static SchedulingPolicy<FullModeInstance> BuildSlo(PolicyOptions options, LatencyPredictor? predictor) =>
        predictor is null ? throw new ArgumentException("The slo policy needs profiling tables.", nameof(predictor))
        : options.AdaptivePd.IsEnabled ? AdaptivePdPolicy.Build(options.Slo, options.AdaptivePd, predictor)
        : SloPolicy.Build(options.Slo, predictor);
}
