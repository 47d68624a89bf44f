using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of gateways' reports and of lost keep-alive connections.</summary>
internal sealed class GatewayTelemetry
{
    private readonly Counter.Child _applied;
    private readonly Counter.Child _unknown;
    private readonly Counter.Child _malformed;
    private readonly Counter _lost;

    internal GatewayTelemetry(IMetricFactory factory)
    {
        Counter rows = factory.CreateCounter(
            "scheduler_report_rows_total",
            "Rows of gateways' reports, by result: applied, of a request that is unknown or has ended, or malformed.",
            ["result"]);
        _applied = rows.WithLabels("applied");
        _unknown = rows.WithLabels("unknown");
        _malformed = rows.WithLabels("malformed");
        _lost = factory.CreateCounter("scheduler_gateways_lost_total", "Keep-alive connections of gateways that have ended.");
    }

    internal void OnReported(int applied, int unknown, int malformed)
    {
        _applied.Inc(applied);
        _unknown.Inc(unknown);
        _malformed.Inc(malformed);
    }

    internal void OnLost() => _lost.Inc();
}
