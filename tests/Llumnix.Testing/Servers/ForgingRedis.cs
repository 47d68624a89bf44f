using System.Net;
using System.Net.Sockets;

namespace Llumnix.Testing.Servers;

/// <summary>A proxy before a Redis, or a stand-in for one, that can answer with bytes of the test's choice.</summary>
public sealed class ForgingRedis : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly RedisServer? _behind;
    private readonly Task _accepting;
    private int _connections;
    private byte[]? _forgery;

    /// <param name="behind">The Redis that answers while nothing is forged; null: nothing is answered.</param>
    public ForgingRedis(RedisServer? behind = null)
    {
        _behind = behind;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Its loopback port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The bytes sent instead of each answer; null: the answers of the Redis behind.</summary>
    public byte[]? Forgery
    {
        get => Volatile.Read(ref _forgery);
        set => Volatile.Write(ref _forgery, value);
    }

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient near = client;
        using var far = new TcpClient();
        try
        {
            if (_behind is null)
            {
                await PassAsync(near.GetStream(), null, near.GetStream());
                return;
            }

            await far.ConnectAsync(_behind.Host, _behind.Port, _stop.Token);
            await Task.WhenAny(
                PassAsync(near.GetStream(), far.GetStream(), null),
                PassAsync(far.GetStream(), near.GetStream(), near.GetStream()));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // One of the connections has ended, or the test has.
        }
    }

    /// <param name="from">The source.</param>
    /// <param name="to">The destination; null: bytes are dropped.</param>
    /// <param name="forgeTo">Receives the forgery when there is one; null: no forgery in this direction.</param>
    private async Task PassAsync(Stream from, Stream? to, Stream? forgeTo)
    {
        var buffer = new byte[65_536];
        try
        {
            while (await from.ReadAsync(buffer, _stop.Token) is > 0 and int count)
            {
                if (forgeTo is not null && Forgery is { } forgery)
                {
                    await forgeTo.WriteAsync(forgery, _stop.Token);
                }
                else if (to is not null)
                {
                    await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One of the connections has ended, or the test has.
        }
    }
}
