using System.Net;
using System.Net.Sockets;
using System.Text;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Bodies that do not arrive, headers that go no further, answers that say when to come back.</summary>
public sealed class EdgeTests
{
    private const string Chat = "/v1/chat/completions";
    private const string HalfRequest = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(408, "body_too_slow")]
    [InlineData(413, "body_too_long")]
    [InlineData(400, "invalid_body")]
    public void BadTransfer_CodeSaysWhatWasWrong(int status, string code)
    {
        OpenAiError error = OpenAiError.BadTransfer(status, 1000);
        Assert.Equal((status, code), (error.Status, error.Code));
    }

    [Fact]
    public async Task Post_BodyDoesNotComeToItsEnd_Is408()
    {
        var time = new FakeTimeProvider();
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), time: time);
        using TcpClient client = await SendAsync(gateway, HalfRequest + "Content-Length: 100\r\n\r\n{");
        await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 1);
        time.Advance(TimeSpan.FromMinutes(16));
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync(Cancellation));
        string? line = "";
        while (line?.Contains("\"error\"", StringComparison.Ordinal) == false)
        {
            line = await reader.ReadLineAsync(Cancellation);
        }

        Assert.Contains("\"code\":\"body_too_slow\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BodyTakesLongerThanAnEngineMay_IsStillReadToItsEnd()
    {
        var time = new FakeTimeProvider();
        var options = new GatewayOptions { ResponseTimeout = TimeSpan.FromSeconds(1) };
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url), options, time);
        using TcpClient client = await SendAsync(gateway, HalfRequest + "Content-Length: 2\r\n\r\n{");
        await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 1);
        time.Advance(TimeSpan.FromMinutes(14));
        await client.GetStream().WriteAsync("}"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(Cancellation));
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\n{")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n{")]
    public async Task Post_ClientGoesWithinItsBody_IsCountedAs499(string rest)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer());
        using (await SendAsync(gateway, HalfRequest + rest))
        {
            await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 1);
        }

        await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0);
        string metrics = "";
        await Eventually.TrueAsync(async () =>
            (metrics = await gateway.Client.GetStringAsync("/metrics", Cancellation)).Contains("request_total{", StringComparison.Ordinal));
        Assert.Contains("status_code=\"499\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("status_code=\"400\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MalformedChunk_Is400()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer());
        using TcpClient client = await SendAsync(gateway, HalfRequest + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n");
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync(Cancellation));
        Assert.Contains("\"code\":\"invalid_body\"", await reader.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "gzip", false)]
    [InlineData("application/json", "identity, gzip", false)]
    [InlineData("application/json", "Identity", true)]
    [InlineData("multipart/form-data", "gzip", true)]
    public async Task Post_EncodedBody_Is415WhereItWouldBeRead(string type, string encoding, bool isForwarded)
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using var content = new StringContent("{}", Encoding.UTF8, type);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using HttpResponseMessage answer = await gateway.Client.PostAsync(Chat, content, Cancellation);
        if (!isForwarded)
        {
            await ErrorAnswer.AssertAsync(answer, 415, "invalid_request_error", "body_encoded");
            return;
        }

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(encoding, (await engine.NextAsync()).Headers["Content-Encoding"]);
    }

    [Fact]
    public async Task Post_HeadersThatConnectionNames_DoNotReachTheEngine()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using HttpResponseMessage answer = await gateway.PostAsync(
            Chat, "{}", ("Connection", "x-mine"), ("x-mine", "1"), ("x-other", "2"));
        EngineCall call = await engine.NextAsync();
        Assert.DoesNotContain("x-mine", call.Headers.Keys);
        Assert.Equal("2", call.Headers["x-other"]);
    }

    [Fact]
    public async Task Post_HeadersThatTheEnginesConnectionNames_DoNotReachTheClient()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(new Uri($"http://{listener.LocalEndpoint}")));
        Task<HttpResponseMessage> asking = gateway.PostAsync(Chat, "{}");
        using TcpClient engine = await listener.AcceptTcpClientAsync(Cancellation);
        await engine.GetStream().WriteAsync(
            "HTTP/1.1 200 OK\r\nConnection: close, x-Hop\r\nx-hop: 1\r\nAlt-Svc: h3=\":1\"\r\nx-end: 2\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(), Cancellation);
        using HttpResponseMessage answer = await asking;
        Assert.False(answer.Headers.Contains("x-hop"));
        // It speaks of the engine's own address.
        Assert.False(answer.Headers.Contains("Alt-Svc"));
        Assert.True(answer.Headers.Contains("x-end"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_Credentials_GoToEnginesOnlyWhenToldTo(bool isForwarded)
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(engine.Url), new GatewayOptions { IsAuthorizationForwarded = isForwarded });
        string[] names = ["Authorization", "Cookie", "x-api-key", "API-Key"];
        using HttpResponseMessage answer = await gateway.PostAsync(
            Chat, "{}", [.. names.Select(static name => (name, "secret")), ("Proxy-Authorization", "Basic x")]);
        EngineCall call = await engine.NextAsync();
        Assert.All(names, name => Assert.Equal(isForwarded, call.Headers.ContainsKey(name)));
        Assert.DoesNotContain("Proxy-Authorization", call.Headers.Keys);
    }

    [Fact]
    public async Task Post_EveryEngineRefuses_SaysWhenToComeBack()
    {
        var away = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(away));
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static async Task<TcpClient> SendAsync(TestGateway gateway, string text)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Host.Address.Port, Cancellation);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation);
        return client;
    }
}
