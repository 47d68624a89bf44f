using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Llumnix.Attacks.Harness;

/// <summary>A connection of the attacker: says what it likes, and tells in a word how it was answered.</summary>
internal sealed class AttackSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[1024];

    /// <summary>Connects.</summary>
    /// <returns>False when there is nobody, or nobody who takes connections.</returns>
    internal async Task<bool> TryConnectAsync(int port, CancellationToken cancellation)
    {
        try
        {
            _socket.Bind(new IPEndPoint(Addresses.Attacker, 0));
            await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends, and waits for an answer for a while. An answer may come while there is more to send.</summary>
    /// <returns>The status, or what came instead of one.</returns>
    internal async Task<string> AskAsync(IReadOnlyList<ReadOnlyMemory<byte>> parts, TimeSpan patience, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<string> reading = ReadStatusAsync(end.Token);
        Task sending = SendAsync(parts, end.Token);
        await Task.WhenAny(reading, Task.WhenAll(sending, Task.Delay(patience, cancellation)));
        string answer = reading.IsCompleted ? await reading : "no answer";
        await end.CancelAsync();
        await Task.WhenAll(reading, sending).ContinueWith(static _ => { }, TaskScheduler.Default);
        cancellation.ThrowIfCancellationRequested();
        return answer;
    }

    /// <summary>Sends, and looks at no answer.</summary>
    internal async Task SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> parts, CancellationToken cancellation)
    {
        try
        {
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                for (int sent = 0; sent < part.Length;)
                {
                    sent += await _socket.SendAsync(part[sent..], cancellation);
                }
            }
        }
        catch (SocketException)
        {
            // The other side has had enough; what it said to that is read.
        }
    }

    /// <summary>Says that nothing more is sent.</summary>
    internal void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other side has gone first.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The head of a request with a body.</summary>
    internal static byte[] Post(string path, long bodyBytes) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: s\r\nContent-Type: application/json\r\nContent-Length: {bodyBytes}\r\n\r\n"));

    private async Task<string> ReadStatusAsync(CancellationToken cancellation)
    {
        try
        {
            int length = await _socket.ReceiveAsync(_answer, cancellation);
            return length == 0 ? "closed"
                : length > 12 && _answer.AsSpan().StartsWith("HTTP/1.1 "u8) ? Encoding.ASCII.GetString(_answer, 9, 3)
                : "no HTTP";
        }
        catch (SocketException)
        {
            return "reset";
        }
    }
}
