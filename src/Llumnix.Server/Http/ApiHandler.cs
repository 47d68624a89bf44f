using System.Collections.Frozen;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http;

/// <summary>The HTTP interface: finds the endpoint of a path in the route table. The endpoint's gates check the method, the token and the body.</summary>
/// <remarks>Looked up in a dictionary instead of by ASP.NET's routing, which would cost every request some microseconds.</remarks>
/// <param name="routes">The table.</param>
/// <param name="guard">The checks before every request.</param>
/// <param name="refusals">Counts refused connections.</param>
/// <param name="metrics">What /metrics shows.</param>
internal sealed class ApiHandler(IEnumerable<ApiRoute> routes, RequestGuard guard, RefusalTelemetry refusals, MetricsPage metrics)
{
    private readonly FrozenDictionary<string, ApiRoute> _routes = routes.ToFrozenDictionary(static route => route.Path, StringComparer.Ordinal);

    /// <summary>The paths of the table.</summary>
    internal IReadOnlyCollection<string> Paths => _routes.Keys;

    /// <summary>What /metrics shows.</summary>
    internal MetricsPage Metrics => metrics;

    internal Task HandleAsync(HttpContext context)
    {
        if (!guard.Admits(context))
        {
            refusals.Connections.Inc();
            return ErrorResponse.WriteBusyAsync(context, "too many connections");
        }

        return _routes.TryGetValue(context.Request.Path.Value ?? "", out ApiRoute? route) && guard.IsServed(context, route.Port)
            ? route.Endpoint.HandleAsync(context)
            : ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, "not found");
    }

    /// <summary>The HTTP interface of a process that only reschedules; its table has no route to the scheduler.</summary>
    internal Task HandleWithoutSchedulingAsync(HttpContext context) => _routes.ContainsKey(context.Request.Path.Value ?? "")
        ? HandleAsync(context)
        : ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, "this process only reschedules");
}
