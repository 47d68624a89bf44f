namespace Llumnix.Gateway.Routing;

/// <summary>How the route of a request is chosen.</summary>
public enum RoutePolicy : byte
{
    /// <summary>All requests go to the fleet.</summary>
    Local,

    /// <summary>At random, by the weights of the routes.</summary>
    Weight,

    /// <summary>By the model: an exact name first, then the longest prefix.</summary>
    Prefix,
}
