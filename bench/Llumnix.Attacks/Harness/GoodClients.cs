using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Llumnix.LoadGenerator;

namespace Llumnix.Attacks.Harness;

/// <summary>
/// Clients that behave: a steady rate of requests, each scheduled and then released, on connections of their own. They have threads of
/// their own, too, so that what keeps the attacker busy does not show in their latencies.
/// </summary>
internal sealed class GoodClients : IDisposable
{
    private const int Connections = 4;
    private const int RequestsPerSecond = 200;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly int _port;
    private readonly string _mode;
    private readonly Thread[] _threads;
    private volatile ClientFigures _figures = new();
    private volatile bool _isEnding;

    /// <param name="port">The scheduler's port.</param>
    /// <param name="mode">Scheduling mode of the requests.</param>
    internal GoodClients(int port, string mode)
    {
        (_port, _mode) = (port, mode);
        _threads = [.. Enumerable.Range(0, Connections).Select(i => new Thread(() => Run(i)) { IsBackground = true, Name = "good client" })];
        Array.ForEach(_threads, static thread => thread.Start());
    }

    /// <summary>Begins a phase of the attack: what is measured from now on is its.</summary>
    internal ClientFigures BeginPhase() => _figures = new ClientFigures();

    /// <inheritdoc/>
    public void Dispose()
    {
        _isEnding = true;
        Array.ForEach(_threads, static thread => thread.Join());
    }

    private void Run(int index)
    {
        HttpConnection? connection = null;
        long interval = Stopwatch.Frequency * Connections / RequestsPerSecond;
        long due = Stopwatch.GetTimestamp() + (interval * index / Connections);
        for (int request = 0; !_isEnding; request++)
        {
            // From when the request was due: an answer that takes long also counts for those that it has held up.
            TimeSpan wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            long start = due;
            if (wait > TimeSpan.Zero)
            {
                Thread.Sleep(wait);
                start = Stopwatch.GetTimestamp();
            }

            ClientFigures figures = _figures;
            bool isAnswered = TryRequest(ref connection, string.Create(CultureInfo.InvariantCulture, $"good-{index}-{request}"), start, figures);
            due = isAnswered ? due + interval : Math.Max(due + interval, Stopwatch.GetTimestamp());
        }

        connection?.Dispose();
    }

    private bool TryRequest(ref HttpConnection? connection, string id, long start, ClientFigures figures)
    {
        try
        {
            if (connection is null)
            {
                connection = new HttpConnection();
                connection.Connect(Addresses.Clients, _port, AnswerTimeout);
            }

            int status = connection.RoundTrip(Post("/schedule", Encoding.ASCII.GetBytes(Body(id))));
            TimeSpan latency = Stopwatch.GetElapsedTime(start);
            if (status != 200)
            {
                figures.Fail($"answered {status}");
                return true;
            }

            figures.Add(latency);
            status = connection.RoundTrip(Post("/release", connection.Body.Span));
            if (status != 200)
            {
                figures.Fail($"release answered {status}");
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            connection?.Dispose();
            connection = null;
            figures.Fail(exception is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock or SocketError.TryAgain }
                ? "no answer in 5 s"
                : exception is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "refused" : "closed");
            return false;
        }
    }

    private string Body(string id) =>
        $$"""{"id":"{{id}}","model":"m","gateway_id":"127.0.0.2:1","scheduling_mode":"{{_mode}}","prompt_num_tokens":1000}""";

    private static byte[] Post(string path, ReadOnlySpan<byte> body)
    {
        byte[] head = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: s\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. head, .. body];
    }
}
