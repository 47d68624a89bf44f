using Prometheus;

namespace Llumnix.Gateway.Mirroring;

/// <summary>Counts copies of requests.</summary>
/// <param name="factory">Makes the metrics.</param>
internal sealed class MirrorTelemetry(IMetricFactory factory)
{
    private readonly Counter _copies = factory.CreateCounter(
        "gateway_mirrored_requests_total",
        "Copies of requests for the mirror: answered with any status, failed (no whole answer in time), dropped (too many under way).",
        ["outcome"]);

    private readonly Gauge _current = factory.CreateGauge("gateway_mirror_current_requests", "Copies of requests that the mirror has not answered yet.");

    /// <summary>A copy is not sent, as there are too many.</summary>
    public void OnDropped() => _copies.WithLabels("dropped").Inc();

    /// <summary>A copy is sent.</summary>
    public void OnSent() => _current.Inc();

    /// <summary>A copy that was sent is over.</summary>
    public void OnDone(bool isAnswered)
    {
        _current.Dec();
        _copies.WithLabels(isAnswered ? "answered" : "failed").Inc();
    }
}
