using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of requests refused because of a bound of the HTTP interface.</summary>
internal sealed class RefusalTelemetry
{
    internal RefusalTelemetry(IMetricFactory factory)
    {
        Counter refused = factory.CreateCounter(
            "scheduler_requests_refused_total",
            "Requests refused by a bound: too many connections, bodies at a time or gateways, or a body that came too slowly or not to its end.",
            ["reason"]);
        Connections = refused.WithLabels("connections");
        Bodies = refused.WithLabels("bodies");
        Gateways = refused.WithLabels("gateways");
        Incomplete = refused.WithLabels("incomplete_body");
    }

    internal Counter.Child Connections { get; }

    internal Counter.Child Bodies { get; }

    internal Counter.Child Gateways { get; }

    internal Counter.Child Incomplete { get; }
}
