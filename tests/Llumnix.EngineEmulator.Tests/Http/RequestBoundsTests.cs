using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Http;

/// <summary>Requests that are too large, too slow or no text: a clear error, and the engine goes on.</summary>
public sealed class RequestBoundsTests
{
    private const string Path = "/v1/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/completions")]
    [InlineData("/kvt/reservations")]
    public async Task Post_GzipBody_Answers415(string path)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var http = new HttpClient();
        using var body = new MemoryStream();
        await using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync("""{"prompt":"a"}"""u8.ToArray(), Cancellation);
        }

        using var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage response = await http.PostAsync(new Uri($"http://127.0.0.1:{host.Engines[0].Port}{path}"), content, Cancellation);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("gzip", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/completions", true)]
    [InlineData("/v1/completions", false)]
    [InlineData("/kvt/reservations", true)]
    public async Task Post_HugeBody_Answers413(string path, bool isAnnounced)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using TcpClient client = await ConnectAsync(host);
        NetworkStream stream = client.GetStream();
        string length = isAnnounced ? "Content-Length: 100000000" : "Transfer-Encoding: chunked";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n"), Cancellation);
        Task sending = isAnnounced ? Task.CompletedTask : SendChunksAsync(stream);
        Assert.StartsWith("HTTP/1.1 413", await ReadHeadAsync(stream), StringComparison.Ordinal);
        client.Close();
        await sending;
    }

    [Theory]
    [InlineData("/v1/completions")]
    [InlineData("/kvt/reservations")]
    public async Task Post_StalledBody_Answers408(string path)
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Neutral) with { BodyTimeout = TimeSpan.FromMilliseconds(50) };
        await using EngineHost host = await EngineHost.StartAsync(options, Cancellation);
        using TcpClient client = await ConnectAsync(host);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{\"prompt\":"), Cancellation);
        Assert.StartsWith("HTTP/1.1 408", await ReadHeadAsync(stream), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512, HttpStatusCode.OK)]
    [InlineData(513, HttpStatusCode.BadRequest)]
    public async Task Completions_LongId_Answers400(int length, HttpStatusCode expected)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        using HttpResponseMessage response = await client.SendAsync(Path, """{"prompt":"a","max_tokens":1}""", new string('x', length));
        Assert.Equal(expected, response.StatusCode);
    }

    /// <summary>The model's name is repeated with every token.</summary>
    [Theory]
    [InlineData(512, HttpStatusCode.OK)]
    [InlineData(513, HttpStatusCode.BadRequest)]
    public async Task Completions_LongModel_Answers400(int length, HttpStatusCode expected)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        using HttpResponseMessage response = await client.SendAsync(Path, $$"""{"model":"{{new string('x', length)}}","prompt":"a","max_tokens":1}""");
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"model":"\ud800","prompt":"a"}""")]
    [InlineData("""{"prompt":"\ud800"}""")]
    [InlineData("""{"prompt":"a","kv_transfer_params":{"do_remote_prefill":true,"remote_engine_id":"\udc00"}}""")]
    public async Task Completions_TextThatIsNoUnicode_Answers400(string body)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        using HttpResponseMessage response = await client.SendAsync(Path, body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        Assert.False(string.IsNullOrEmpty((string?)answer["error"]!["message"]));
    }

    private static async Task<TcpClient> ConnectAsync(EngineHost host)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Engines[0].Port, Cancellation);
        return client;
    }

    private static async Task SendChunksAsync(NetworkStream stream)
    {
        byte[] chunk = [.. "10000\r\n"u8, .. Enumerable.Repeat((byte)' ', 65536), .. "\r\n"u8];
        try
        {
            for (int i = 0; i < 1600; i++)
            {
                await stream.WriteAsync(chunk, Cancellation);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Cut off by the engine, or here.
        }
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(Eventually.Limit);
        byte[] buffer = new byte[4096];
        int read = await stream.ReadAsync(buffer, timeout.Token);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
