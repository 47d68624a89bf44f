using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Llumnix.LoadGenerator;

/// <summary>One HTTP/1.1 connection with one request at a time, on a bare socket so that the client costs little beside the server.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[64 * 1024];
    private int _length;

    internal Task ConnectAsync(string host, int port, CancellationToken cancellation) => _socket.ConnectAsync(host, port, cancellation).AsTask();

    /// <summary>Connects to a port of loopback from an address of one's own, for <see cref="RoundTrip"/>.</summary>
    /// <param name="from">The address of this end, of IPv4.</param>
    /// <param name="port">The port.</param>
    /// <param name="timeout">Bound on each send and each receive.</param>
    internal void Connect(IPAddress from, int port, TimeSpan timeout)
    {
        _socket.SendTimeout = _socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;
        _socket.Bind(new IPEndPoint(from.MapToIPv6(), 0));
        _socket.Connect(new IPEndPoint(IPAddress.Loopback.MapToIPv6(), port));
    }

    /// <summary><see cref="RoundTripAsync"/> on the calling thread.</summary>
    internal int RoundTrip(byte[] request)
    {
        for (int sent = 0; sent < request.Length;)
        {
            sent += _socket.Send(request.AsSpan(sent));
        }

        for (int length = 0; ;)
        {
            length += ReadOrThrow(_socket.Receive(_answer.AsSpan(length)));
            if (IsComplete(length))
            {
                return Status(length);
            }
        }
    }

    /// <summary>Sends a request and reads its answer. Returns the status code.</summary>
    internal async ValueTask<int> RoundTripAsync(byte[] request, CancellationToken cancellation)
    {
        int sent = 0;
        while (sent < request.Length)
        {
            sent += await _socket.SendAsync(request.AsMemory(sent), cancellation);
        }

        for (int length = 0; ;)
        {
            length += ReadOrThrow(await _socket.ReceiveAsync(_answer.AsMemory(length), cancellation));
            if (IsComplete(length))
            {
                return Status(length);
            }
        }
    }

    /// <summary>The body of the last answer, good until the next request.</summary>
    internal ReadOnlyMemory<byte> Body
    {
        get
        {
            int start = _answer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8) + 4;
            return _answer.AsMemory(start, _length - start);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static int ReadOrThrow(int read) => read > 0 ? read : throw new IOException("The server closed the connection.");

    private bool IsComplete(int length) => TotalLength(_answer.AsSpan(0, length)) is >= 0 and var total && length >= total;

    private int Status(int length)
    {
        _length = length;
        return Number(_answer.AsSpan("HTTP/1.1 ".Length));
    }

    /// <summary>Length of head and body; -1 while the head is not complete.</summary>
    private static int TotalLength(ReadOnlySpan<byte> answer)
    {
        int head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return -1;
        }

        int at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            return ChunkedLength(answer, head);
        }

        return head + 4 + Number(answer[(at + "Content-Length: ".Length)..]);
    }

    /// <summary>A small chunked body has come whole when its last chunk, the empty one, has.</summary>
    private static int ChunkedLength(ReadOnlySpan<byte> answer, int head) =>
        answer[..head].IndexOf("Transfer-Encoding: chunked"u8) < 0 ? throw new IOException("The answer's body has no length.")
        : answer.EndsWith("\r\n0\r\n\r\n"u8) ? answer.Length
        : -1;

    private static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int number, out _) ? number : throw new IOException("The answer is not HTTP.");
}
