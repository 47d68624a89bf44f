using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Llumnix.Adapters.Listeners;

/// <summary>Makes an HTTP server listen on an address, with bounds on its connections and, with a certificate, over TLS.</summary>
public static class GuardedListener
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <param name="kestrel">The server.</param>
    /// <param name="host">An IP address or <c>localhost</c>; any other name stands for all addresses of the machine.</param>
    /// <param name="port">TCP port, 0 to 65535; 0 takes any free port, of <c>localhost</c> one of 127.0.0.1: both families could not be given the same.</param>
    /// <param name="connections">Bounds the connections.</param>
    /// <param name="certificate">For TLS; null for plain HTTP.</param>
    /// <param name="protocols">The versions of HTTP; without TLS, where both cannot share a port, <see cref="HttpProtocols.Http1AndHttp2"/> means HTTP/1.1.</param>
    public static void Listen(
        KestrelServerOptions kestrel,
        string host,
        int port,
        ConnectionGate connections,
        ListenerCertificate? certificate,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            kestrel.Listen(address, port, SetUp);
        }
        else if (host == "localhost" && port == 0)
        {
            kestrel.Listen(IPAddress.Loopback, port, SetUp);
        }
        else if (host == "localhost")
        {
            kestrel.ListenLocalhost(port, SetUp);
        }
        else
        {
            kestrel.ListenAnyIP(port, SetUp);
        }

        void SetUp(ListenOptions options)
        {
            options.Protocols = certificate is null && protocols == HttpProtocols.Http1AndHttp2 ? HttpProtocols.Http1 : protocols;
            options.Use(next => connection => connections.HoldAsync(connection, next));
            if (certificate is not null)
            {
                options.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = HandshakeTimeout,
                    OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current }),
                });
            }

            options.Use(next => connection => connections.AwaitFirstByteAsync(connection, next));
        }
    }
}
