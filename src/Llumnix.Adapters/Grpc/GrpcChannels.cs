using System.Net.Sockets;
using Grpc.Net.Client;
using Llumnix.Adapters.Tls;

namespace Llumnix.Adapters.Grpc;

/// <summary>Opens gRPC channels: cleartext HTTP/2 to <c>http</c> addresses, TLS to <c>https</c> ones.</summary>
public static class GrpcChannels
{
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Makes a channel that connects at its first call.</summary>
    /// <exception cref="IOException">The CA file is missing or holds no certificate.</exception>
    public static GrpcChannel Open(Uri address, GrpcChannelSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = settings.ConnectTimeout,
            KeepAlivePingDelay = settings.PingInterval,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = false,
            // A custom ConnectCallback switches gRPC's reconnection backoff off, which grows to minutes.
            ConnectCallback = ConnectAsync,
        };
        if (address.Scheme == Uri.UriSchemeHttps && settings.CaFile.Length > 0)
        {
            handler.SslOptions.CertificateChainPolicy = CertificateAuthorities.Read(settings.CaFile);
        }

        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = settings.MaxMessageBytes,
        });
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
