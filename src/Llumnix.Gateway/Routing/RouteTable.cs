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
        Fallbacks = [.. routes.Where(static route => route.IsFallback)];
    }

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
