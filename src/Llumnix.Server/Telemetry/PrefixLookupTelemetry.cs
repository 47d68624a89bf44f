using Llumnix.Adapters.KvStore;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of prefix lookups in the KV store.</summary>
internal sealed class PrefixLookupTelemetry : IPrefixLookupObserver
{
    private readonly Histogram _query;
    private readonly Histogram _whole;
    private readonly Counter _failed;
    private readonly Counter _cutShort;
    private readonly Counter _missing;

    internal PrefixLookupTelemetry(IMetricFactory factory)
    {
        var buckets = new HistogramConfiguration { Buckets = Buckets.DurationMs };
        _query = factory.CreateHistogram(
            "request_query_prefix_cache_hit_duration_milliseconds", "Time that a prompt waited for the KV store's metadata service, in milliseconds.", buckets);
        _whole = factory.CreateHistogram(
            "request_calc_prefix_cache_hit_duration_milliseconds", "Time to find a prompt's prefix hits, hashing and queries included, in milliseconds.", buckets);
        _failed = factory.CreateCounter(
            "scheduler_prefix_lookup_failed_total", "Prompts that were placed without hits, since the KV metadata service did not answer.");
        _cutShort = factory.CreateCounter(
            "scheduler_prefix_lookup_cut_short_total",
            "Prompts that were placed with a part of their hits, since the KV metadata service was too slow for all of them or failed in between.");
        _missing = factory.CreateCounter(
            "scheduler_prefix_hits_missing_total", "Times that 1,000 repeated prompts in a row had no hit: the store's writers hash otherwise.");
    }

    public void LookupCompleted(TimeSpan query, TimeSpan whole)
    {
        _query.Observe(query.TotalMilliseconds);
        _whole.Observe(whole.TotalMilliseconds);
    }

    public void LookupFailed() => _failed.Inc();

    public void LookupCutShort() => _cutShort.Inc();

    public void HitsMissing() => _missing.Inc();
}
