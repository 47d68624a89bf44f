namespace Llumnix.Gateway.Routing;

/// <summary>Chooses among routes. Immutable.</summary>
public sealed class RouteTable
{
    /// <summary>The fleet, for a request without a model.</summary>
    private static readonly Route Fleet = new();
    private readonly RoutePolicy _policy;
    private readonly IReadOnlyList<Route> _routes;
    private readonly long _weights;

    /// <param name="policy">How a route is chosen.</param>
    /// <param name="routes">The routes; with <see cref="RoutePolicy.Weight"/> one of them at least weighs more than 0.</param>
    public RouteTable(RoutePolicy policy, IReadOnlyList<Route> routes)
    {
        _policy = policy;
        _routes = routes;
        _weights = routes.Sum(static route => (long)route.Weight);
        HasKeys = routes.Any(static route => route.ApiKey.Length > 0);
        Fallbacks = [.. routes.Where(static route => route.IsFallback)];
        bool isFleetUsed = policy == RoutePolicy.Local || routes.Any(route => route.BaseUrl is null && (policy == RoutePolicy.Prefix || route.Weight > 0));
        ServesWithoutFleet = Fallbacks.Count > 0 || !isFleetUsed;
        ExternalModels = policy != RoutePolicy.Prefix ? []
            : [.. routes.Where(static route => route is { BaseUrl: not null, Prefix.Length: > 0 } && !route.Prefix.EndsWith('*')).Select(static route => route.Prefix).Distinct()];
    }

    /// <summary>Whether requests are served while the fleet does not: no route leads there, or others take what fails there.</summary>
    public bool ServesWithoutFleet { get; }

    /// <summary>Whether one of them holds a key.</summary>
    public bool HasKeys { get; }

    /// <summary>The models that routes to external endpoints name in full, each once.</summary>
    public IReadOnlyList<string> ExternalModels { get; }

    /// <summary>The external endpoints that take what failed elsewhere, in the order in which they are tried.</summary>
    public IReadOnlyList<Route> Fallbacks { get; }

    /// <summary>Chooses a route.</summary>
    /// <param name="model">The request's model; may be empty.</param>
    /// <param name="random">Draws by weight; of this call alone, or safe for concurrent use.</param>
    /// <returns>Null when no route is for the model.</returns>
    public Route? Choose(string model, Random random) => _policy switch
    {
        RoutePolicy.Weight => ByWeight(random.NextInt64(_weights)),
        RoutePolicy.Prefix when model.Length > 0 => ByPrefix(model),
        _ => Fleet,
    };

    private Route ByWeight(long drawn)
    {
        foreach (Route route in _routes)
        {
            drawn -= route.Weight;
            if (drawn < 0)
            {
                return route;
            }
        }

        throw new InvalidOperationException("The draw is above the sum of the weights.");
    }

    private Route? ByPrefix(string model)
    {
        Route? longest = null;
        foreach (Route route in _routes)
        {
            if (route.Prefix == model)
            {
                return route;
            }

            bool isMatch = route.Prefix.EndsWith('*') && model.AsSpan().StartsWith(route.Prefix.AsSpan(0, route.Prefix.Length - 1), StringComparison.Ordinal);
            longest = isMatch && route.Prefix.Length > (longest?.Prefix.Length ?? 0) ? route : longest;
        }

        return longest;
    }
}
