using System.Net;
using System.Net.Sockets;

namespace Llumnix.Cli.Profiling;

/// <summary>
/// The network's round trip, by the time that TCP needs to connect: the other side's kernel answers, so that no slow route, cache or busy
/// server has a part in it. The least of several counts, for whatever comes on top is no network.
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
            // The first one also looks the name up.
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
            throw new ProfileException($"{endpoint}: {exception.Message}", exception);
        }

        return least;
    }
}
