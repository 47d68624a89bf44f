using System.Net;
using System.Net.Security;
using Llumnix.Server.Connections;
using Llumnix.Server.Options;
using Llumnix.Server.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Llumnix.Server.Hosting;

/// <summary>Configures the HTTP server: its addresses, and its limits per connection.</summary>
internal static class Listeners
{
    /// <summary>Largest amount of received and unread data per connection, in bytes; with TLS, of encrypted and of decrypted data each.</summary>
    internal const int MaxUnreadBytes = 64 * 1024;

    private const int MaxHeaderBytes = 16 * 1024;
    private const int AdminConnections = 64;

    /// <param name="kestrel">The server.</param>
    /// <param name="service">Where to listen.</param>
    /// <param name="connections">Bounds the service's connections.</param>
    /// <param name="certificate">For TLS; null for plain HTTP.</param>
    /// <param name="time">The clock.</param>
    internal static void Configure(
        KestrelServerOptions kestrel, ServiceOptions service, ConnectionGate connections, ListenerCertificate? certificate, TimeProvider time)
    {
        kestrel.AddServerHeader = false;
        Limit(kestrel.Limits);
        Listen(kestrel, service.Host, service.Port, options => SetUp(options, connections, certificate));
        if (service.AdminPort != 0)
        {
            var limits = new ConnectionLimits { Total = AdminConnections, PerAddress = AdminConnections };
            var admin = new ConnectionGate(limits, time);
            Listen(kestrel, service.Host, service.AdminPort, options => SetUp(options, admin, certificate));
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

    private static void Listen(KestrelServerOptions kestrel, string host, int port, Action<ListenOptions> setUp)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            kestrel.Listen(address, port, setUp);
        }
        else if (host == "localhost")
        {
            kestrel.ListenLocalhost(port, setUp);
        }
        else
        {
            kestrel.ListenAnyIP(port, setUp);
        }
    }

    private static void SetUp(ListenOptions options, ConnectionGate connections, ListenerCertificate? certificate)
    {
        options.Use(next => connection => connections.HoldAsync(connection, next));
        if (certificate is not null)
        {
            options.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = TimeSpan.FromSeconds(5),
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current }),
            });
        }

        options.Use(next => connection => connections.AwaitFirstByteAsync(connection, next));
    }
}
