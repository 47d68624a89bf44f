using Llumnix.Gateway.Http;
using Llumnix.Gateway.Requests;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Llumnix.Gateway.Routing;

/// <summary>Sends requests to external endpoints. Safe for concurrent use.</summary>
/// <param name="table">The routes.</param>
/// <param name="forwarder">Forwards.</param>
/// <param name="connections">The connections.</param>
/// <param name="idleTimeout">Longest time in which nothing moves, the wait for an answer included; above 0.</param>
/// <param name="random">Draws routes by weight; used under a lock.</param>
/// <param name="telemetry">Counts.</param>
internal sealed class ExternalRoutes(
    RouteTable table, IHttpForwarder forwarder, HttpMessageInvoker connections, TimeSpan idleTimeout, Random random, RouteTelemetry telemetry)
{
    private readonly Lock _drawing = new();
    private readonly ForwarderRequestConfig _config = new() { ActivityTimeout = idleTimeout };

    /// <summary>Whether requests that fail in the fleet go elsewhere.</summary>
    public bool HasFallbacks => table.Fallbacks.Count > 0;

    /// <summary>Chooses a request's route.</summary>
    /// <param name="model">Its model; may be empty.</param>
    /// <returns>Null when no route is for the model.</returns>
    public Route? Choose(string model)
    {
        lock (_drawing)
        {
            return table.Choose(model, random);
        }
    }

    /// <summary>Sends a request to external endpoints: first to the one of its route, then to the fallbacks, each once.</summary>
    /// <param name="request">The request; the response must not have begun.</param>
    /// <param name="first">Its route; null when there is none, or the fleet has failed.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What the client is still to be told; null when it has an answer.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<OpenAiError?> SendAsync(ExternalRequest request, Route? first, CancellationToken cancellation)
    {
        List<Route> routes = first is null ? [] : [first];
        routes.AddRange(table.Fallbacks.Where(route => route != first));
        for (int i = 0; i < routes.Count; i++)
        {
            bool isAnswered = await TryAsync(request, routes[i], isLast: i == routes.Count - 1, isFallback: routes[i] != first, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (isAnswered)
            {
                return null;
            }
        }

        return routes.Count == 0 ? OpenAiError.UnknownModel() : OpenAiError.ExternalFailed();
    }

    private async Task<bool> TryAsync(ExternalRequest request, Route route, bool isLast, bool isFallback, CancellationToken cancellation)
    {
        HttpContext context = request.Context;
        ReadOnlyMemory<byte> body = request.BodyFor(route.Model);
        using Stream stream = new MemoryStream(body.ToArray(), writable: false);
        context.Request.Body = stream;
        var transformer = new ExternalTransformer(route, request.Id, body.Length, isLast);
        ForwarderError error = await forwarder.SendAsync(context, route.BaseUrl!.AbsoluteUri, connections, _config, transformer, cancellation);
        if (!cancellation.IsCancellationRequested)
        {
            telemetry.OnAnswered(request.Model, transformer.Status, error != ForwarderError.None, isFallback);
        }

        // Once the client has something, no other endpoint can answer.
        if (context.Response.HasStarted || (error == ForwarderError.None && transformer.IsRelayed))
        {
            return true;
        }

        context.Response.Clear();
        context.Response.Headers[RequestIds.Header] = request.Id;
        return false;
    }
}
