namespace Llumnix.Gateway.Routing;

/// <summary>One destination of requests. No record: its text must not hold the key.</summary>
public sealed class Route
{
    /// <summary>The external endpoint, http or https; null: the fleet.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The endpoint's key, sent as a bearer token; empty: none is sent.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>The model's name at the endpoint; empty: as the client names it.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whether it takes requests that failed elsewhere. Never true of the fleet.</summary>
    public bool IsFallback { get; init; }

    /// <summary>Its share of requests among all routes, 0 or above.</summary>
    public int Weight { get; init; }

    /// <summary>The model that it serves, or, with <c>*</c> at the end, the beginning of their names; empty: none.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Where a request goes. A version at the end of the base takes the place of the path's.</summary>
    /// <param name="path">The request's path, with a leading slash.</param>
    /// <param name="query">Its query, with the question mark, or empty.</param>
    /// <exception cref="InvalidOperationException">The route is the fleet.</exception>
    public Uri ToUri(string path, string query) => ToUri(BaseUrl ?? throw new InvalidOperationException("The route is the fleet."), path, query);

    /// <summary>The same for any base address.</summary>
    internal static Uri ToUri(Uri baseUrl, string path, string query)
    {
        string start = baseUrl.AbsoluteUri.TrimEnd('/');
        return new Uri(start + path[(IsVersion(start[(start.LastIndexOf('/') + 1)..]) ? VersionLength(path) : 0)..] + query);
    }

    private static int VersionLength(string path)
    {
        int end = path.IndexOf('/', 1);
        end = end < 0 ? path.Length : end;
        return IsVersion(path[1..end]) ? end : 0;
    }

    private static bool IsVersion(string segment) => segment.Length > 1 && segment[0] == 'v' && segment.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
