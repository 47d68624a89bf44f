using System.Net;
using System.Net.Sockets;

namespace Llumnix.Adapters.Tests.Llumlets;

/// <summary>Accepts connections and says the same bytes to each, or nothing.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;

    internal RawServer(byte[] bytes)
    {
        _listener.Start();
        _accepting = AcceptAsync(bytes);
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _sockets.ForEach(socket => socket.Dispose());
    }

    private async Task AcceptAsync(byte[] bytes)
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync();
                _sockets.Add(socket);
                await socket.SendAsync(bytes);
            }
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
