namespace Llumnix.Adapters.Etcd;

/// <summary>The address of a member of an etcd cluster.</summary>
public static class EtcdEndpoint
{
    private const int DefaultPort = 2379;

    /// <summary>Reads an endpoint of the options.</summary>
    /// <exception cref="ArgumentException">The text is neither <c>host:port</c> nor an http or https URL of a server.</exception>
    public static Uri Parse(string endpoint)
    {
        string text = endpoint.Trim();
        bool hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (Uri.TryCreate(hasScheme ? text : "http://" + text, UriKind.Absolute, out Uri? uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri is { Host.Length: > 0, Port: > 0, PathAndQuery: "/", UserInfo.Length: 0, Fragment.Length: 0 })
        {
            // A Uri drops its scheme's default port, so that only the text tells whether a port was given.
            return HasPort(text, uri) ? uri : new UriBuilder(uri) { Port = DefaultPort }.Uri;
        }

        throw new ArgumentException($"'{Show(text)}' is no endpoint of etcd: host:port, http://host:port or https://host:port");
    }

    /// <summary>Whether a text is an endpoint.</summary>
    public static bool IsEndpoint(string text)
    {
        try
        {
            _ = Parse(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The endpoint without a user and password that may stand in its URL.</summary>
    public static string Show(string endpoint) => endpoint[(endpoint.LastIndexOf('@') + 1)..];

    private static bool HasPort(string text, Uri uri) =>
        !uri.IsDefaultPort || text.TrimEnd('/').EndsWith($":{uri.Port}", StringComparison.Ordinal);
}
