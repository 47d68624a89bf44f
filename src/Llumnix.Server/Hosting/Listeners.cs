using Llumnix.Adapters.Listeners;
using Llumnix.Server.Options;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Llumnix.Server.Hosting;

/// <summary>Configures the HTTP server: its addresses, and its limits per connection.</summary>
internal static class Listeners
{
    /// <summary>Largest amount of received and unread data per connection, in bytes; with TLS, of encrypted and of decrypted data each.</summary>
    internal const int MaxUnreadBytes = 64 * 1024;

    private const int MaxHeaderBytes = 16 * 1024;
    private const int AdminConnections = 64;
    private const int PeerConnections = 128;

    /// <param name="kestrel">The server.</param>
    /// <param name="service">Where to listen.</param>
    /// <param name="peerPort">Port for other replicas; 0 for none.</param>
    /// <param name="connections">Bounds the service's connections.</param>
    /// <param name="certificate">For TLS; null for plain HTTP.</param>
    /// <param name="time">The clock.</param>
    internal static void Configure(
        KestrelServerOptions kestrel, ServiceOptions service, int peerPort, ConnectionGate connections, ListenerCertificate? certificate, TimeProvider time)
    {
        kestrel.AddServerHeader = false;
        Limit(kestrel.Limits);
        GuardedListener.Listen(kestrel, service.Host, service.Port, connections, certificate);
        if (service.AdminPort != 0)
        {
            var limits = new ConnectionLimits { Total = AdminConnections, PerAddress = AdminConnections };
            var admin = new ConnectionGate(limits, time);
            GuardedListener.Listen(kestrel, service.Host, service.AdminPort, admin, certificate);
        }

        if (peerPort != 0)
        {
            var peers = new ConnectionGate(new ConnectionLimits { Total = PeerConnections, PerAddress = PeerConnections }, time);
            GuardedListener.Listen(kestrel, service.Host, peerPort, peers, certificate, HttpProtocols.Http2);
        }
    }

    private static void Limit(KestrelServerLimits limits)
    {
        // Bodies are bounded elsewhere, with an answer that names the bound.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestBufferSize = MaxUnreadBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        // The rate is measured from the first byte, so that a body that starts fast and then stalls ends too: 16 MiB may take 16 s. Gateways wait for
        // 2 s.
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024 * 1024, gracePeriod: TimeSpan.FromSeconds(5));
        limits.Http2.InitialConnectionWindowSize = 256 * 1024;
        limits.Http2.InitialStreamWindowSize = 128 * 1024;
    }
}
