using System.Net;
using System.Net.Sockets;

namespace Llumnix.Cli.Profiling;

/// <summary>
/// The network's round-trip time, measured as the time of a TCP connect: the kernel of the other side answers it, so that no route, cache or load of
/// the server is included. The least of several connects counts, since anything above it is not the network.
/// </summary>
internal sealed class TcpRoundTrip(Uri endpoint, TimeProvider time) : IRoundTrip
{
    private const int Connects = 5;

    public async Task<double> MeasureAsync(CancellationToken cancellation)
    {
        double least = double.PositiveInfinity;
        EndPoint address = new DnsEndPoint(endpoint.DnsSafeHost, endpoint.Port);
        try
        {
            // The extra first connect includes the name lookup and is not counted.
            for (int i = -1; i < Connects; i++)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                long start = time.GetTimestamp();
                await socket.ConnectAsync(address, cancellation);
                double elapsed = time.GetElapsedTime(start).TotalMilliseconds;
                least = i < 0 ? least : Math.Min(least, elapsed);
                address = socket.RemoteEndPoint!;
            }
        }
        catch (SocketException exception)
        {
            throw ProfileException.OfCall(endpoint, exception);
        }

        return least;
    }
}
