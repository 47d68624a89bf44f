using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Llumnix.Attacks.Logs;

/// <summary>
/// Stands between the scheduler and Redis. Passes everything on until it is told to fail; then every connection fails in another way than
/// the one before.
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
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), phase);
        using var here = new NetworkStream(near);
        using var there = new NetworkStream(far);
        await await Task.WhenAny(here.CopyToAsync(there, phase), there.CopyToAsync(here, phase));
    }

    private async Task FailAsync(Socket near, CancellationToken phase)
    {
        int failure = Interlocked.Increment(ref _failures);
        string? text = (failure % 6) switch
        {
            0 => null,
            1 => "-LOADING Redis is loading the dataset in memory",
            2 => $"-ERR the store has failed in way {failure}",
            3 => "-MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk",
            4 => $"-NOPERM user has no permission {failure}",
            _ => "",
        };
        byte[] buffer = new byte[4096];
        while (await near.ReceiveAsync(buffer, phase) is > 0 and var count)
        {
            if (text is null)
            {
                return;
            }

            // "": says nothing at all.
            int commands = text.Length == 0 ? 0 : buffer.AsSpan(0, count).Count("*"u8);
            await near.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text + "\r\n", commands))), phase);
        }
    }
}
