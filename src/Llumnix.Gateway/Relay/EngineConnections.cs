using System.Text;

namespace Llumnix.Gateway.Relay;

/// <summary>Makes the HTTP client with the connections to all engines.</summary>
internal static class EngineConnections
{
    /// <summary>
    /// Below the 5 s after which many engines' servers close an idle connection: a request sent while the server closes would be lost, so the gateway
    /// closes first.
    /// </summary>
    private static readonly TimeSpan IdleLifetime = TimeSpan.FromSeconds(4);

    /// <param name="connectTimeout">Longest time to connect.</param>
    public static HttpMessageInvoker Create(TimeSpan connectTimeout) => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = connectTimeout,
        // An answer that is not read to its end closes its connection, so that the engine stops computing it.
        MaxResponseDrainSize = 0,
        PooledConnectionIdleTimeout = IdleLifetime,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        UseCookies = false,
        UseProxy = false,
    });
}
