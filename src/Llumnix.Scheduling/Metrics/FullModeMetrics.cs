using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Metrics;

/// <summary>The built-in metrics of full mode.</summary>
public static class FullModeMetrics
{
    /// <summary>See <see cref="Metrics.KvCacheUsageRatioProjected"/>.</summary>
    public static KvCacheUsageRatioProjected KvCacheUsageRatioProjected { get; } = new();

    /// <summary>See <see cref="Metrics.DecodeBatchSize"/>.</summary>
    public static DecodeBatchSize DecodeBatchSize { get; } = new();

    /// <summary>See <see cref="Metrics.AllPrefillsTokens"/>.</summary>
    public static AllPrefillsTokens AllPrefillsTokens { get; } = new();

    /// <summary>See <see cref="Metrics.AllDecodesTokens"/>.</summary>
    public static AllDecodesTokens AllDecodesTokens { get; } = new();

    /// <summary>See <see cref="FullModeRequests"/>.</summary>
    public static FullModeRequests Requests { get; } = new();

    /// <summary>The metrics that need only the instance and the request.</summary>
    public static IReadOnlyList<InstanceMetric<FullModeInstance>> All { get; } =
    [
        KvCacheUsageRatioProjected,
        DecodeBatchSize,
        AllPrefillsTokens,
        AllDecodesTokens,
        new WaitingRequests(),
        Requests,
        new PrefillTokensAndRequests(),
        new KvCacheHitLength(),
        new CacheAwareAllPrefillsTokens(AllPrefillsTokens),
    ];

    /// <summary>The names of all built-in metrics, including those that need profiling tables.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(static metric => metric.Name), "predicted_ttft", "predicted_tpot"];

    /// <summary>The metrics available in a configuration.</summary>
    /// <param name="isProgressPredicted">Whether prefill loads are reduced by the predicted progress (predictor-enhanced scheduling).</param>
    /// <param name="predictor">Predicts latencies; null where there are no profiling tables.</param>
    /// <param name="added">Metrics in addition to the built-in ones; null for none.</param>
    public static MetricCatalogue<FullModeInstance> Catalogue(
        bool isProgressPredicted = false, LatencyPredictor? predictor = null, IReadOnlyCollection<InstanceMetric<FullModeInstance>>? added = null)
    {
        List<InstanceMetric<FullModeInstance>> metrics = [.. All];
        if (isProgressPredicted)
        {
            var progressing = new ProgressingPrefillsTokens();
            metrics.AddRange([progressing, new CacheAwareAllPrefillsTokens(progressing)]);
        }

        if (predictor is not null)
        {
            metrics.AddRange([new PredictedTtft(predictor), new PredictedTpot(predictor)]);
        }

        return new MetricCatalogue<FullModeInstance>([.. metrics, .. added ?? []]);
    }
}
