using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Llumnix.Attacks.Logs;

/// <summary>
/// Stands between the scheduler and Redis. Passes everything on until it is told to fail; then every read fails in another way than the one
/// before.
/// </summary>
internal sealed class FaultyStore : IAsyncDisposable
{
    private readonly int _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private CancellationTokenSource _phase = new();
    private volatile bool _isFailing;
    private int _failures;

    /// <param name="target">Redis' port on loopback.</param>
    internal FaultyStore(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port of this end, on loopback.</summary>
    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Cuts all connections, and fails the ones to come or passes them on.</summary>
    internal async Task SetFailingAsync(bool isFailing)
    {
        _isFailing = isFailing;
        CancellationTokenSource ended = Interlocked.Exchange(ref _phase, new CancellationTokenSource());
        await ended.CancelAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _phase.CancelAsync();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync(_end.Token);
                _ = ServeAsync(near, _phase.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket near, CancellationToken phase)
    {
        try
        {
            using (near)
            {
                await (_isFailing ? FailAsync(near, phase) : PassAsync(near, phase));
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or IOException)
        {
            // One of the two sides is gone, or the phase is over.
        }
    }

    private async Task PassAsync(Socket near, CancellationToken phase)
    {
        using Socket far = await ConnectAsync(phase);
        using var here = new NetworkStream(near);
        using var there = new NetworkStream(far);
        await await Task.WhenAny(here.CopyToAsync(there, phase), there.CopyToAsync(here, phase));
    }

    /// <summary>The handshake goes well, reading does not: only so does the client see the errors of the store.</summary>
    private async Task FailAsync(Socket near, CancellationToken phase)
    {
        using Socket far = await ConnectAsync(phase);
        using var here = new NetworkStream(near);
        using var there = new NetworkStream(far);
        Task answering = there.CopyToAsync(here, phase);
        byte[] buffer = new byte[64 * 1024];
        while (!answering.IsCompleted && await here.ReadAsync(buffer, phase) is > 0 and var count)
        {
            ReadOnlyMemory<byte> commands = buffer.AsMemory(0, count);
            if (commands.Span.IndexOf("SCAN"u8) < 0 && commands.Span.IndexOf("MGET"u8) < 0)
            {
                await there.WriteAsync(commands, phase);
            }
            else if (NextFailure() is { } text)
            {
                await here.WriteAsync(Encoding.ASCII.GetBytes(text), phase);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>An error reply; "" for silence; null for hanging up.</summary>
    private string? NextFailure()
    {
        int failure = Interlocked.Increment(ref _failures);
        return (failure % 6) switch
        {
            0 => null,
            1 => "-LOADING Redis is loading the dataset in memory\r\n",
            2 => $"-ERR the store has failed in way {failure}\r\n",
            3 => "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
            4 => $"-NOPERM User default has no permissions to run this command ({failure})\r\n",
            _ => "",
        };
    }

    private async Task<Socket> ConnectAsync(CancellationToken phase)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), phase);
            return far;
        }
        catch
        {
            far.Dispose();
            throw;
        }
    }
}
