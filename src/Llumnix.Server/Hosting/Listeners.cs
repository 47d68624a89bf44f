using System.Net;
using System.Net.Security;
using Llumnix.Server.Connections;
using Llumnix.Server.Options;
using Llumnix.Server.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Llumnix.Server.Hosting;

/// <summary>Sets up the HTTP server: where it listens, and how much it takes from whoever connects.</summary>
internal static class Listeners
{
    /// <summary>What a connection holds that nobody has looked at yet, in bytes; below it as well as above it, where there is TLS.</summary>
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
        // Bodies have a bound of their own, with an answer that names it.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestBufferSize = MaxUnreadBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        // Counted from the first byte, so that also a body that came fast and then stalled ends: 16 MiB have 16 s. Gateways wait for 2 s.
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
