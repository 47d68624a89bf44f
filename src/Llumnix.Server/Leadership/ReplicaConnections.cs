using System.Net;
using System.Net.Security;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Server.Leadership;

/// <summary>Makes the pooled connections to other replicas: HTTP/2 over TLS where the listeners have it, else HTTP/1.1.</summary>
internal static class ReplicaConnections
{
    private const int MaxConnections = 256;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Makes them.</summary>
    /// <param name="own">The certificate of our own listener, for TLS; null for plain HTTP.</param>
    internal static HttpMessageInvoker Make(ListenerCertificate? own)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            MaxConnectionsPerServer = MaxConnections,
            PooledConnectionIdleTimeout = IdleTimeout,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        };
        if (own is not null)
        {
            // Replicas have the same certificate, which need not name the address of each of them.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                errors == SslPolicyErrors.None
                || (certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(own.Current.TargetCertificate.RawDataMemory.Span));
        }

        return new HttpMessageInvoker(handler);
    }
}
