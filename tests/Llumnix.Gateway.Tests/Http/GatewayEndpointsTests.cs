using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Json;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Gateway.Tests.Http;

public sealed class GatewayEndpointsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Models_OfSeveralEngines_AreTheirUnionWithoutTheSilent()
    {
        await using ScriptedEngine one = await ScriptedEngine.StartAsync("""{"object":"list","data":[{"id":"a","owned_by":"x"},{"id":"b"},7]}""");
        await using ScriptedEngine two = await ScriptedEngine.StartAsync("""{"data":[{"id":"b"},{"id":"c"}]}""");
        await using ScriptedEngine odd = await ScriptedEngine.StartAsync("no JSON");
        var away = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), discovered: [one.Url, away, odd.Url, two.Url]);
        using JsonDocument list = JsonDocument.Parse(await gateway.Client.GetStringAsync("/v1/models", Cancellation));
        Assert.Equal(["a", "b", "c"], list.RootElement.GetProperty("data").EnumerateArray().Select(static model => model.GetProperty("id").GetString()));
        Assert.Equal("""{"id":"a","owned_by":"x"}""", await gateway.Client.GetStringAsync("/v1/models/a", Cancellation));
        using HttpResponseMessage unknown = await gateway.Client.GetAsync("/v1/models/z", Cancellation);
        await ErrorAnswer.AssertAsync(unknown, 404, "invalid_request_error");
    }

    [Fact]
    public async Task Ready_OnceAnEngineAnswers()
    {
        var away = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        await using (TestGateway alone = await TestGateway.StartAsync(new TestPlacer(), discovered: [away]))
        {
            using HttpResponseMessage no = await alone.Client.GetAsync("/readyz", Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, no.StatusCode);
            await Eventually.TrueAsync(async () =>
            {
                using HttpResponseMessage answer = await alone.Client.GetAsync("/readyz", Cancellation);
                string reason = await answer.Content.ReadAsStringAsync(Cancellation);
                return reason.Contains($"no engine answers: {away.Authority}\"", StringComparison.Ordinal);
            });
            using HttpResponseMessage healthy = await alone.Client.GetAsync("/healthz", Cancellation);
            Assert.Equal(HttpStatusCode.OK, healthy.StatusCode);
        }

        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), discovered: [away, engine.Url]);
        using HttpResponseMessage yes = await gateway.Client.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.OK, yes.StatusCode);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Head_OfAProbe_IsAsGetWithoutABody(string path)
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), discovered: [engine.Url]);
        using var message = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage answer = await gateway.Client.SendAsync(message, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("PUT", "/nothing", 404)]
    [InlineData("POST", "/nothing", 404)]
    [InlineData("GET", "/v1/..%5Cmetrics", 404)]
    [InlineData("POST", "/metrics", 405, "GET")]
    [InlineData("DELETE", "/healthz", 405, "GET, HEAD")]
    [InlineData("PUT", "/readyz", 405, "GET, HEAD")]
    [InlineData("GET", "/v1/chat/completions", 405, "POST")]
    [InlineData("PUT", "/v1/chat/completions", 405, "POST")]
    [InlineData("PUT", "/v1/models", 405, "GET, POST")]
    [InlineData("DELETE", "/v1/models/a/b", 405, "GET, POST")]
    [InlineData("POST", "/v1/../nothing", 404)]
    [InlineData("POST", "/v1/%252e%252e/reset_prefix_cache", 404)]
    [InlineData("POST", "/v1/.%252e/collective_rpc", 404)]
    [InlineData("POST", "/v1/chat/%252e%252e/%252e%252e/x", 404)]
    [InlineData("POST", "/v1/..%2fmetrics", 404)]
    [InlineData("POST", "/v1/..%5Cmetrics", 404)]
    public async Task Request_OfAnotherPathOrMethod_IsRefused(string method, string path, int status, string allow = "")
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer());
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage answer = await gateway.Client.SendAsync(message, Cancellation);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
        await ErrorAnswer.AssertAsync(answer, status, "invalid_request_error");
    }

    [Theory]
    [InlineData("/healthz?", 8 * 1024, true)]
    [InlineData("/healthz?", (8 * 1024) + 1, false)]
    [InlineData("/v1/models/", 30_000, false)]
    public async Task Request_LongUrl_Is414InOpenAiShape(string start, int length, bool isTaken)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer());
        using HttpResponseMessage answer = await gateway.Client.GetAsync(start.PadRight(length, 'x'), Cancellation);
        if (isTaken)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        else
        {
            await ErrorAnswer.AssertAsync(answer, 414, "invalid_request_error", "url_too_long");
        }
    }

    /// <summary>The server has no hook for what it cannot read as a request.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /{40000} HTTP/1.1\r\nHost: a\r\n\r\n", "414 URI Too Long")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\na: {70000}\r\n\r\n", "431 Request Header Fields Too Large")]
    public async Task Request_ThatTheServerRefuses_HasAStatusAndNoBody(string request, string status)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer());
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Host.Address.Host, gateway.Host.Address.Port, Cancellation);
        string text = Regex.Replace(request, @"\{(\d+)\}", static match => new string('x', int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation);
        using var reader = new StreamReader(client.GetStream());
        string answer = await reader.ReadToEndAsync(Cancellation);
        Assert.StartsWith($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AfterAStream_HaveTheNamesOfDashboards()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(
            "data: {\"choices\":[{}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n", "text/event-stream");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using HttpResponseMessage answer = await gateway.PostAsync("/v1/chat/completions", """{"model":"m","stream":true}""");
        Assert.Equal("data: {\"choices\":[{}]}\n\ndata: [DONE]\n\n", await answer.Content.ReadAsStringAsync(Cancellation));
        await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0);
        string page = await gateway.Client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("request_total{model=\"m\",status_code=\"200\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("request_input_tokens_total{model=\"m\"} 9\n", page, StringComparison.Ordinal);
        Assert.Contains("request_output_tokens_total{model=\"m\"} 2\n", page, StringComparison.Ordinal);
        foreach (string name in (string[])["ttft", "preprocess_duration", "queue_duration", "schedule_duration", "postprocess_duration"])
        {
            Assert.Contains($"request_{name}_milliseconds_count{{model=\"m\"}} 1\n", page, StringComparison.Ordinal);
        }

        Assert.Contains("gateway_current_requests 0\n", page, StringComparison.Ordinal);
    }
}
