using System.Buffers.Text;
using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace Llumnix.LoadGenerator.Gateways;

/// <summary>
/// <c>loadgen engine</c>: answers completions from bytes made before, on bare sockets, so that it costs little beside the gateway. The request
/// says how many events it wants, how many of them by one write, and at which pace.
/// </summary>
internal static class StubEngine
{
    internal static Command Command()
    {
        var port = new Option<int>("--port") { DefaultValueFactory = _ => 8110 };
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 2, Description = "engines, at ports in a row" };
        var command = new Command("engine", "Serves stub engines that stream events made before.") { port, count };
        command.SetAction((parsed, cancellation) => Task.WhenAll(
            Enumerable.Range(parsed.GetValue(port), parsed.GetValue(count)).Select(number => AcceptAsync(number, cancellation))));
        return command;
    }

    private static async Task AcceptAsync(int port, CancellationToken cancellation)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(8192);
        while (true)
        {
            Socket connection = await listener.AcceptAsync(cancellation);
            connection.NoDelay = true;
            _ = ServeAsync(connection, cancellation);
        }
    }

    private static async Task ServeAsync(Socket connection, CancellationToken cancellation)
    {
        using Socket closing = connection;
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await ReadRequestAsync(connection, buffer, cancellation) is > 0 and int length)
            {
                (int events, int perWrite, int intervalMs) = StubAnswer.ShapeIn(buffer.AsSpan(0, length));
                if (events == 0)
                {
                    await SendAsync(connection, StubAnswer.Whole, cancellation);
                    continue;
                }

                bool tellsUsage = buffer.AsSpan(0, length).IndexOf("\"include_usage\":true"u8) >= 0;
                await StreamAsync(connection, events, perWrite, intervalMs, tellsUsage, cancellation);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // The other end has gone.
        }
    }

    private static async Task StreamAsync(Socket connection, int events, int perWrite, int intervalMs, bool tellsUsage, CancellationToken cancellation)
    {
        byte[] write = [.. Enumerable.Repeat(StubAnswer.Event, perWrite).SelectMany(static bytes => bytes)];
        using PeriodicTimer? timer = intervalMs > 0 ? new PeriodicTimer(TimeSpan.FromMilliseconds(intervalMs)) : null;
        await SendAsync(connection, StubAnswer.StreamHead, cancellation);
        for (int sent = 0; sent < events; sent += perWrite)
        {
            if (sent > 0 && timer is not null)
            {
                await timer.WaitForNextTickAsync(cancellation);
            }

            int count = Math.Min(perWrite, events - sent);
            await SendAsync(connection, write.AsMemory(0, count * StubAnswer.Event.Length), cancellation);
        }

        await SendAsync(connection, tellsUsage ? [.. StubAnswer.Usage, .. StubAnswer.StreamEnd] : StubAnswer.StreamEnd, cancellation);
    }

    /// <returns>The length of head and body; 0 when the other end has closed.</returns>
    private static async ValueTask<int> ReadRequestAsync(Socket connection, byte[] buffer, CancellationToken cancellation)
    {
        for (int length = 0; ;)
        {
            int read = await connection.ReceiveAsync(buffer.AsMemory(length), cancellation);
            length += read;
            if (read == 0 || IsWhole(buffer.AsSpan(0, length)))
            {
                return read == 0 ? 0 : length;
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        int head = request.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        int at = request[..head].IndexOf("Content-Length: "u8);
        return at < 0 || !Utf8Parser.TryParse(request[(at + "Content-Length: ".Length)..], out int body, out _)
            ? throw new IOException("The request's body has no length.")
            : request.Length >= head + 4 + body;
    }

    private static async ValueTask SendAsync(Socket connection, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await connection.SendAsync(bytes, cancellation)..];
        }
    }
}
