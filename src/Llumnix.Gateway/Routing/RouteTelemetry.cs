using System.Globalization;
using Prometheus;

namespace Llumnix.Gateway.Routing;

/// <summary>Counts what external endpoints answer.</summary>
/// <param name="factory">Makes the metrics.</param>
/// <param name="labelOf">The label of a model; bounded in number, as clients name models.</param>
internal sealed class RouteTelemetry(IMetricFactory factory, Func<string, string> labelOf)
{
    private readonly Counter _external = factory.CreateCounter(
        "gateway_external_requests_total", "Requests sent to external endpoints, fallbacks included, by what came of them.", ["model", "status_code"]);

    private readonly Counter _fallbacks = factory.CreateCounter(
        "request_fallback_total", "Requests sent to fallback endpoints, by what came of them.", ["model", "status_code"]);

    /// <summary>An external endpoint is done with a request.</summary>
    /// <param name="model">The request's model.</param>
    /// <param name="status">What it has answered; 0 for nothing.</param>
    /// <param name="isBroken">Whether the answer did not come, or not to its end.</param>
    /// <param name="isFallback">Whether it was a fallback.</param>
    public void OnAnswered(string model, int status, bool isBroken, bool isFallback)
    {
        string label = labelOf(model);
        string result = isBroken ? "network_error" : status < 400 ? "success" : status.ToString(CultureInfo.InvariantCulture);
        _external.WithLabels(label, result).Inc();
        if (isFallback)
        {
            _fallbacks.WithLabels(label, result).Inc();
        }
    }
}
