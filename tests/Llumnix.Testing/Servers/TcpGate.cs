using System.Net;
using System.Net.Sockets;

namespace Llumnix.Testing.Servers;

/// <summary>A TCP proxy to a server on loopback that a test can cut or silence.</summary>
public sealed class TcpGate : IAsyncDisposable
{
    private readonly int _target;
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private volatile TaskCompletionSource _open = Completed();

    /// <param name="target">The server's port.</param>
    public TcpGate(int target)
    {
        _target = target;
        Port = FreePort.Find(1)[0];
        Restore();
    }

    /// <summary>The proxy's port.</summary>
    public int Port { get; }

    /// <summary>Breaks all connections and refuses new ones.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _sockets.ForEach(socket => socket.Dispose());
            _sockets.Clear();
        }
    }

    /// <summary>Accepts connections again.</summary>
    public void Restore()
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _listener.Listen();
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Keeps all connections, and accepts new ones, but passes nothing on, like a network that drops packets.</summary>
    public void Freeze() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes bytes on again, the delayed ones first.</summary>
    public void Thaw() => _open.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Thaw();
        Cut();
        await _accepting;
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket near = await listener.AcceptAsync();
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                lock (_lock)
                {
                    _sockets.AddRange([near, far]);
                }

                _ = ConnectAsync(near, far);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ConnectAsync(Socket near, Socket far)
    {
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(PassAsync(near, far), PassAsync(far, near));
        }
        catch (SocketException)
        {
        }
        finally
        {
            near.Dispose();
            far.Dispose();
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[65_536];
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await _open.Task;
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }
}
