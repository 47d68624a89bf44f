using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>An HTTP/1.1 connection by hand, for what no decent client sends.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[256 * 1024];

    internal static async Task<RawConnection> OpenAsync(int port)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        return connection;
    }

    internal static string Post(string path, string body, string? headers = null, int? announced = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {announced ?? Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    internal static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n";

    internal async Task SendAsync(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent), Cancellation);
        }
    }

    /// <summary>The next answer, as it came; empty when the connection is closed instead.</summary>
    internal async Task<string> ReadAnswerAsync()
    {
        int length = 0;
        while (true)
        {
            int read;
            try
            {
                read = await _socket.ReceiveAsync(_received.AsMemory(length), Cancellation);
            }
            catch (SocketException)
            {
                return "";
            }

            if (read == 0)
            {
                return "";
            }

            length += read;
            string text = Encoding.UTF8.GetString(_received, 0, length);
            int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0 && IsWhole(text[..head], text[(head + 4)..]))
            {
                return text;
            }
        }
    }

    internal async Task<string> AskAsync(string request)
    {
        await SendAsync(request);
        return await ReadAnswerAsync();
    }

    /// <summary>Ends the connection with a reset.</summary>
    internal void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(string head, string body)
    {
        int at = head.IndexOf("Content-Length: ", StringComparison.Ordinal);
        if (at < 0)
        {
            return body.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        }

        string length = head[(at + "Content-Length: ".Length)..].Split('\r')[0];
        return Encoding.UTF8.GetByteCount(body) >= int.Parse(length, CultureInfo.InvariantCulture);
    }
}
