using System.Net.Sockets;

namespace Llumnix.LoadGenerator.Gateways;

/// <summary>One client with one request at a time, on a bare socket. Counts events by their mark.</summary>
internal sealed class CompletionConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];
    private long _events;

    /// <summary>Events so far; may be read from any thread.</summary>
    internal long Events => Volatile.Read(ref _events);

    internal Task ConnectAsync(int port, CancellationToken cancellation) => _socket.ConnectAsync("127.0.0.1", port, cancellation).AsTask();

    /// <summary>Sends a request and reads its answer to the end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="onFirst">Called when the first of the answer's events is there.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How many events the answer had.</returns>
    /// <exception cref="IOException">The answer is not one of status 200, or broke off.</exception>
    internal async ValueTask<int> RunAsync(byte[] request, Action onFirst, CancellationToken cancellation)
    {
        await _socket.SendAsync(request, cancellation);
        int events = 0;
        int bodyEnd = -1;
        for (int length = 0; ;)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellation);
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            int marks = _buffer.AsSpan(length, read).Count(StubAnswer.Mark);
            if (marks > 0)
            {
                if (events == 0)
                {
                    onFirst();
                }

                events += marks;
                Volatile.Write(ref _events, _events + marks);
            }

            length += read;
            bodyEnd = bodyEnd < 0 ? EndOfWhole(_buffer.AsSpan(0, length)) : bodyEnd;
            if (bodyEnd > 0 ? length >= bodyEnd : _buffer.AsSpan(0, length).EndsWith("\r\n0\r\n\r\n"u8))
            {
                return events;
            }

            // Of a stream only the end is looked at again.
            if (bodyEnd == 0 && length > _buffer.Length / 2)
            {
                _buffer.AsSpan(length - 8, 8).CopyTo(_buffer);
                length = 8;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <returns>Where an answer with a length ends; 0 for a stream; -1 while that cannot be told.</returns>
    private static int EndOfWhole(ReadOnlySpan<byte> answer)
    {
        int head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return -1;
        }

        if (!answer.StartsWith("HTTP/1.1 200"u8))
        {
            throw new IOException("The server refused: " + System.Text.Encoding.UTF8.GetString(answer));
        }

        int at = answer[..head].IndexOf("ontent-"u8) is >= 0 ? IndexOfLength(answer[..head]) : -1;
        return at < 0 ? 0 : head + 4 + (System.Buffers.Text.Utf8Parser.TryParse(answer[at..], out int body, out _) ? body : 0);
    }

    private static int IndexOfLength(ReadOnlySpan<byte> head)
    {
        int at = head.IndexOf("ontent-Length: "u8);
        at = at < 0 ? head.IndexOf("ontent-length: "u8) : at;
        return at < 0 ? -1 : at + "ontent-Length: ".Length;
    }
}
