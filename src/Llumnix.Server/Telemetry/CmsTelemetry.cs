using Llumnix.Adapters.Cms;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of reading the CMS.</summary>
internal sealed class CmsTelemetry : ICmsObserver
{
    private readonly Histogram _status;
    private readonly Histogram _metadata;
    private readonly Counter.Child[] _skipped;
    private readonly Gauge _available;
    private readonly Gauge _silent;

    internal CmsTelemetry(IMetricFactory factory)
    {
        var buckets = new HistogramConfiguration { Buckets = Buckets.DurationMs };
        _status = factory.CreateHistogram(
            "scheduler_cms_refresh_status_duration_milliseconds", "Time to read and parse all statuses in the CMS, in milliseconds.", buckets);
        _metadata = factory.CreateHistogram(
            "scheduler_cms_refresh_metadata_duration_milliseconds", "Time to read and parse the metadata of all instances in the CMS, in milliseconds.", buckets);
        _skipped = EnumLabel.SeriesOf<CmsSkipReason>(
            factory.CreateCounter("scheduler_cms_values_skipped_total", "Values in the CMS that could not be used, by reason.", ["reason"]));
        _available = factory.CreateGauge("scheduler_cms_available", "1 while the CMS answers, else 0.");
        _silent = factory.CreateGauge(
            "scheduler_cms_silent", "1 while the CMS answers, but nothing in it changes any more or it has lost all instances, else 0.");
    }

    public void StatusRefreshed(TimeSpan duration) => _status.Observe(duration.TotalMilliseconds);

    public void MetadataRefreshed(TimeSpan duration) => _metadata.Observe(duration.TotalMilliseconds);

    public void ValueSkipped(CmsSkipReason reason) => _skipped[(int)reason].Inc();

    internal void Show(CmsSourceState state)
    {
        _available.Set(state.Available ? 1 : 0);
        _silent.Set(state.Silence is null ? 0 : 1);
    }
}
