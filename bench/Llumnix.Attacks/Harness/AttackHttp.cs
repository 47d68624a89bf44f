using System.Net;
using System.Net.Sockets;

namespace Llumnix.Attacks.Harness;

/// <summary>HTTP from one of the addresses.</summary>
internal static class AttackHttp
{
    /// <summary>Sends requests from an address, on as many connections as it takes.</summary>
    internal static HttpMessageInvoker InvokerFrom(IPAddress address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });
}
