using System.Text;

namespace Llumnix.Gateway.Relay;

/// <summary>The connections to all engines.</summary>
internal static class EngineConnections
{
    /// <summary>Below the 5 s after which the servers of many engines close an idle connection: the later of two to close loses a request.</summary>
    private static readonly TimeSpan IdleLifetime = TimeSpan.FromSeconds(4);

    /// <param name="connectTimeout">Longest time to connect.</param>
    public static HttpMessageInvoker Create(TimeSpan connectTimeout) => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = connectTimeout,
        // An answer that is not read to its end is broken off, so that the engine stops working on it.
        MaxResponseDrainSize = 0,
        PooledConnectionIdleTimeout = IdleLifetime,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        UseCookies = false,
        UseProxy = false,
    });
}
