using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>The Prometheus page: brings the gauges up to date and writes everything as text.</summary>
internal sealed class MetricsPage
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly CollectorRegistry _registry;
    private readonly Gauge _uptime;
    private readonly Action _refresh;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Lock _showing = new();

    /// <param name="registry">What is written.</param>
    /// <param name="factory">Makes metrics in it.</param>
    /// <param name="refresh">Brings the gauges up to date; one call at a time.</param>
    /// <param name="time">For the uptime.</param>
    internal MetricsPage(CollectorRegistry registry, IMetricFactory factory, Action refresh, TimeProvider time)
    {
        _registry = registry;
        _uptime = factory.CreateGauge("uptime_seconds", "Time since the process took up its work.");
        _refresh = refresh;
        _time = time;
        _start = time.GetTimestamp();
    }

    internal Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        lock (_showing)
        {
            _refresh();
            _uptime.Set(_time.GetElapsedTime(_start).TotalSeconds);
        }

        return _registry.CollectAndExportAsTextAsync(stream, ExpositionFormat.PrometheusText, cancellation);
    }
}
