using Prometheus;

namespace Llumnix.Gateway.Mirroring;

/// <summary>Counts copies of requests.</summary>
internal sealed class MirrorTelemetry
{
    private readonly Counter.Child _answered;
    private readonly Counter.Child _failed;
    private readonly Counter.Child _dropped;
    private readonly Gauge _current;

    /// <param name="factory">Makes the metrics.</param>
    internal MirrorTelemetry(IMetricFactory factory)
    {
        Counter copies = factory.CreateCounter(
            "gateway_mirrored_requests_total",
            "Copies of requests for the mirror: answered with any status, failed (no whole answer in time), dropped (too many under way).",
            ["outcome"]);
        (_answered, _failed, _dropped) = (copies.WithLabels("answered"), copies.WithLabels("failed"), copies.WithLabels("dropped"));
        _current = factory.CreateGauge("gateway_mirror_current_requests", "Copies of requests that the mirror has not answered yet.");
    }

    /// <summary>A copy is not sent, as there are too many.</summary>
    public void OnDropped() => _dropped.Inc();

    /// <summary>A copy is sent.</summary>
    public void OnSent() => _current.Inc();

    /// <summary>A copy that was sent is over.</summary>
    public void OnDone(bool isAnswered)
    {
        _current.Dec();
        (isAnswered ? _answered : _failed).Inc();
    }
}
