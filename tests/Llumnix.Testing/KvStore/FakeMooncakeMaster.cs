using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Llumnix.Testing.KvStore;

/// <summary>
/// A fake Mooncake master on a loopback port. It writes raw HTTP, so that it can also violate the protocol. One answer per connection.
/// </summary>
public sealed class FakeMooncakeMaster : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly Task _accepting;
    private int _questions;

    private FakeMooncakeMaster(TcpListener listener)
    {
        _listener = listener;
        _accepting = AcceptAsync();
    }

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Transport endpoints by key.</summary>
    public ConcurrentDictionary<string, string[]> Holders { get; } = new();

    /// <summary>The request targets, in order.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

    /// <summary>Number of questions so far.</summary>
    public int Questions => _questions;

    /// <summary>A fault: maps the right answer to the bytes that are sent; null bytes: no answer at all.</summary>
    public Func<string, Task<string?>>? Fault { get; set; }

    /// <summary>Starts a master on a free port.</summary>
    /// <param name="address">The loopback address to listen on; IPv4's when null.</param>
    /// <param name="port">Port; 0 for a free one.</param>
    public static FakeMooncakeMaster Start(IPAddress? address = null, int port = 0)
    {
        var listener = new TcpListener(address ?? IPAddress.Loopback, port);
        listener.Start();
        return new FakeMooncakeMaster(listener);
    }

    /// <summary>Formats a complete HTTP answer.</summary>
    public static string Http(int status, string body) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_accepting.IsCompleted)
        {
            await _stop.CancelAsync();
            _listener.Stop();
            await _accepting;
            _stop.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The listener was stopped between two clients.
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await AnswerAsync(client.GetStream());
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The client has gone, or the test has ended.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        string target = (await reader.ReadLineAsync(_stop.Token) ?? "").Split(' ').ElementAtOrDefault(1) ?? "";
        while (!string.IsNullOrEmpty(await reader.ReadLineAsync(_stop.Token)))
        {
        }

        Targets.Enqueue(target);
        Interlocked.Increment(ref _questions);
        string right = Http(200, Body(target));
        string? answer = Fault is { } fault ? await fault(right).WaitAsync(_stop.Token) : right;
        if (answer is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer!), _stop.Token);
    }

    private string Body(string target)
    {
        string[] keys = target[(target.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(',');
        IEnumerable<string> data = keys.Select(Uri.UnescapeDataString).Select(key => Holders.TryGetValue(key, out string[]? endpoints)
            ? $$"""
              "{{key}}":{"ok":true,"values":[{{string.Join(',', endpoints.Select(e => $$"""{"size_":1,"transport_endpoint_":"{{e}}","more":[{"x":1}]}"""))}}],"other":null}
              """
            : $$"""
              "{{key}}":{"ok":false,"error":"object not found"}
              """);
        return $$$"""{"success":true,"data":{{{{string.Join(',', data)}}}}}""";
    }
}
