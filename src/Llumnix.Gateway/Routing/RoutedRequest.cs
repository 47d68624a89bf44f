using Llumnix.Gateway.Http;
using Llumnix.Gateway.Placement;

namespace Llumnix.Gateway.Routing;

/// <summary>One request and its route. Of one thread at a time.</summary>
internal sealed class RoutedRequest
{
    private readonly ExternalRoutes _routes;
    private readonly ExternalRequest _request;
    private readonly Route? _route;

    /// <summary>Chooses the request's route.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="request">The request.</param>
    public RoutedRequest(ExternalRoutes routes, ExternalRequest request)
    {
        _routes = routes;
        _request = request;
        _route = routes.Choose(request.Model);
    }

    /// <summary>Whether the fleet is to serve it.</summary>
    public bool IsForFleet => _route is { BaseUrl: null };

    /// <summary>Whether other endpoints take the request when the fleet has failed.</summary>
    public bool HasFallbacks => _routes.Fallbacks.Count > 0;

    /// <summary>
    /// Sends the request to external endpoints: first to the one of its route, unless that is the fleet, which has failed then; after it to the fallbacks, each
    /// once.
    /// </summary>
    /// <returns>What the client is still to be told; null when it has an answer.</returns>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    public async Task<OpenAiError?> SendOutAsync()
    {
        List<Route> routes = _route is null || IsForFleet ? [] : [_route];
        routes.AddRange(_routes.Fallbacks.Where(route => route != _route));
        for (int i = 0; i < routes.Count; i++)
        {
            if (await _routes.TryAsync(_request, routes[i], isLast: i == routes.Count - 1, isFallback: routes[i] != _route))
            {
                return null;
            }
        }

        return routes.Count == 0 ? OpenAiError.Of(PlacementRefusal.NotFound) : OpenAiError.ExternalFailed();
    }
}
