using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>The load of the selected instances of one infer type.</summary>
internal sealed class SelectedInstanceHistograms
{
    private readonly Histogram.Child _kvCacheUsageRatioProjected;
    private readonly Histogram.Child _decodeBatchSize;
    private readonly Histogram.Child _allPrefillsTokens;
    private readonly Histogram.Child _allDecodesTokens;
    private readonly Histogram.Child _predictedTtft;
    private readonly Histogram.Child _predictedTpot;

    internal SelectedInstanceHistograms(IMetricFactory factory, InferType inferType)
    {
        _kvCacheUsageRatioProjected = Make(
            factory, inferType, "kv_cache_usage_ratio_projected",
            "KV cache of the selected instance in use or claimed, just before the request was added, as a ratio of the whole.", Buckets.Ratio);
        _decodeBatchSize = Make(
            factory, inferType, "decode_batch_size",
            "Requests that decode or will decode on the selected instance, just before the request was added.", Buckets.BatchSize);
        _allPrefillsTokens = Make(
            factory, inferType, "all_prefills_tokens_num",
            "Prompt tokens to compute on the selected instance, just before the request was added.", Buckets.Tokens);
        _allDecodesTokens = Make(
            factory, inferType, "all_decodes_tokens_num",
            "Tokens of the requests that decode or will decode on the selected instance, just before the request was added.", Buckets.Tokens);
        _predictedTtft = Make(
            factory, inferType, "predicted_ttft",
            "Predicted TTFT of the request on the selected instance, in milliseconds.", Buckets.TtftMs);
        _predictedTpot = Make(
            factory, inferType, "predicted_tpot",
            "Predicted TPOT of the request on the selected instance, in milliseconds.", Buckets.TpotMs);
    }

    internal void Observe(in PlacedInstance placed)
    {
        if (placed.PredictedTtftMs is { } ttft)
        {
            _predictedTtft.Observe(ttft);
        }

        if (placed.PredictedTpotMs is { } tpot)
        {
            _predictedTpot.Observe(tpot);
        }

        if (placed.Load is { } load)
        {
            Observe(in load);
        }
    }

    private void Observe(in InstanceLoad load)
    {
        _kvCacheUsageRatioProjected.Observe(load.KvCacheUsageRatioProjected);
        _decodeBatchSize.Observe(load.DecodeBatchSize);
        _allPrefillsTokens.Observe(load.AllPrefillsTokens);
        _allDecodesTokens.Observe(load.AllDecodesTokens);
    }

    private static Histogram.Child Make(IMetricFactory factory, InferType inferType, string metric, string help, double[] buckets) =>
        factory.CreateHistogram(
            $"selected_instance_{metric}",
            help,
            ["infer_type"],
            new HistogramConfiguration { Buckets = buckets }).WithLabels(inferType.ToName());
}
