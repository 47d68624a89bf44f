using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>A real gateway between a real client and real servers.</summary>
public sealed class RelayTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Streaming = """{"model":"m","stream":true,"messages":[]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_VisionBody_ArrivesByteForByte()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        string image = Convert.ToBase64String(RandomNumberGenerator.GetBytes(3 << 20));
        string body = $$"""{ "model":"vl", "odd" : [1.0e5,"\u00e9\/"], "messages":[{"role":"user","content":[{"image_url":{"url":"data:image/png;base64,{{image}}" } }]}]  }""";
        using HttpResponseMessage answer = await gateway.PostAsync(Chat + "?x=%2F1", body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        EngineCall call = await engine.NextAsync();
        Assert.Equal(Chat + "?x=%2F1", call.Path);
        Assert.Equal(body, Encoding.UTF8.GetString(call.Body));
        Assert.Equal("vl", Assert.Single(placer.Queries).Model);
    }

    [Fact]
    public async Task Post_NoJson_PassesThrough()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using var form = new MultipartFormDataContent { { new ByteArrayContent([0, 1, 255]), "file", "a.wav" } };
        byte[] sent = await form.ReadAsByteArrayAsync(Cancellation);
        using HttpResponseMessage answer = await gateway.Client.PostAsync("/v1/audio/transcriptions", form, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        EngineCall call = await engine.NextAsync();
        Assert.Equal(sent, call.Body);
        Assert.StartsWith("multipart/form-data", call.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_Headers_AllButThoseOfTheConnectionGoBothWays()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.Headers["x-engine"] = "e";
            context.Response.Headers["x-request-id"] = "engine's";
            context.Response.Headers.KeepAlive = "timeout=5";
            await context.Response.WriteAsync("{}");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using HttpResponseMessage answer = await gateway.PostAsync(
            Chat, "{}", ("x-request-id", "id-1"), ("x-own", "1"), ("traceparent", "00-1"), ("Authorization", "Bearer secret"), ("Accept-Encoding", "gzip"), ("TE", "trailers"));
        EngineCall call = await engine.NextAsync();
        Assert.Equal(("id-1", "1", "00-1"), (call.Headers["x-request-id"], call.Headers["x-own"], call.Headers["traceparent"]));
        Assert.DoesNotContain("Authorization", call.Headers.Keys);
        Assert.DoesNotContain("Accept-Encoding", call.Headers.Keys);
        Assert.DoesNotContain("TE", call.Headers.Keys);
        Assert.Equal(engine.Url.Authority, call.Headers["Host"]);
        Assert.Equal(["id-1"], answer.Headers.GetValues("x-request-id"));
        Assert.Equal(["e"], answer.Headers.GetValues("x-engine"));
        Assert.False(answer.Headers.Contains("Keep-Alive"));
    }

    [Fact]
    public async Task Post_AuthorizationToldToGoOn_GoesOn()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url), new GatewayOptions { IsAuthorizationForwarded = true });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}", ("Authorization", "Bearer secret"));
        Assert.Equal("Bearer secret", (await engine.NextAsync()).Headers["Authorization"]);
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    public async Task Post_NoRequest_IsRefusedInOpenAiShape(string body, int status)
    {
        var placer = new TestPlacer();
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, body);
        await AssertErrorAsync(answer, status, "invalid_request_error");
        Assert.Empty(placer.Queries);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_LongBody_Is413(bool isAnnounced)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), new GatewayOptions { MaxBodyBytes = 1000 });
        using var content = new StringContent(new string('x', 1001));
        using var message = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = content };
        message.Headers.TransferEncodingChunked = !isAnnounced;
        using HttpResponseMessage answer = await gateway.Client.SendAsync(message, Cancellation);
        await AssertErrorAsync(answer, 413, "invalid_request_error", "body_too_long");
    }

    [Fact]
    public async Task Post_EngineRefuses_GoesToTheNextAndTheFirstRests()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("""{"ok":1}""");
        var away = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        var placer = new TestPlacer(away, engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using HttpResponseMessage first = await gateway.PostAsync(Chat, "{}");
        Assert.Equal("""{"ok":1}""", await first.Content.ReadAsStringAsync(Cancellation));
        using HttpResponseMessage second = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal([0, 1, 1], placer.Queries.Select(static query => query.Excluded.Distinct().Count()));
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Fact]
    public async Task Post_EveryEngineRefuses_Is502()
    {
        var away = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        var placer = new TestPlacer(away);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        await AssertErrorAsync(answer, 502, "server_error");
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Fact]
    public async Task Post_EngineFails_TheNextAnswers_OrItsOwnWordsGoOn()
    {
        await using ScriptedEngine failing = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("my own words");
        });
        await using ScriptedEngine good = await ScriptedEngine.StartAsync("{}");
        await using (TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(failing.Url, good.Url)))
        {
            using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var placer = new TestPlacer(failing.Url);
        await using TestGateway alone = await TestGateway.StartAsync(placer);
        using HttpResponseMessage told = await alone.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.InternalServerError, told.StatusCode);
        Assert.Equal("my own words", await told.Content.ReadAsStringAsync(Cancellation));
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Fact]
    public async Task Post_EngineBreaksBeforeTheFirstByte_TheNextAnswers()
    {
        await using ScriptedEngine breaking = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using ScriptedEngine good = await ScriptedEngine.StartAsync("data: [DONE]\n\n", "text/event-stream");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(breaking.Url, good.Url));
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        Assert.Equal("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("data: {\"choices\":[]}\n\n", "")]
    [InlineData("data: {\"choices\":[]}\n\ndata: {\"half", "")]
    [InlineData("data: {\"choices\":[]}\n", "\n")]
    public async Task Post_EngineBreaksWithinAStream_EndsWithAnErrorEvent(string sent, string separator)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine breaking = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(sent);
            await context.Response.Body.FlushAsync();
            await seen.Task;
            context.Abort();
        });
        var placer = new TestPlacer(breaking.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("data: {\"choices\":[]}", await reader.ReadLineAsync(Cancellation));
        seen.SetResult();
        string text = await reader.ReadToEndAsync(Cancellation);
        Assert.StartsWith(separator, text, StringComparison.Ordinal);
        string last = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1].Trim();
        using JsonDocument error = JsonDocument.Parse(last["data: ".Length..]);
        Assert.Equal("engine_failed", error.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("half", text, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_ClientGoes_TheEngineIsToldAndTheInstanceGivenBack(bool isStarted)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            using CancellationTokenRegistration registration = context.RequestAborted.Register(gone.SetResult);
            if (isStarted)
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: {}\n\n");
                await context.Response.Body.FlushAsync();
            }

            await gone.Task;
        });
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using var leaving = new CancellationTokenSource();
        using var message = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(Streaming) };
        Task<HttpResponseMessage> asking = gateway.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
        await engine.NextAsync();
        Assert.Equal(1, placer.Held);
        if (isStarted)
        {
            (await asking).Dispose();
        }

        await leaving.CancelAsync();
        await gone.Task.WaitAsync(Cancellation);
        await Eventually.TrueAsync(() => placer.Held == 0 && gateway.Host.ActiveRequests == 0);
        if (!isStarted)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_EngineHangs_IsEndedWithATimeout(bool isStarted)
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            if (isStarted)
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: {}\n\n");
                await context.Response.Body.FlushAsync();
            }

            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        var time = new FakeTimeProvider();
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, time: time);
        Task<HttpResponseMessage> asking = gateway.PostAsync(Chat, Streaming);
        await engine.NextAsync();
        if (isStarted)
        {
            await asking;
        }

        time.Advance(TimeSpan.FromMinutes(16));
        using HttpResponseMessage answer = await asking;
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(isStarted ? HttpStatusCode.OK : HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("\"code\":\"timeout\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Fact]
    public async Task Post_NoRoom_AsksAgainAndThenSaysWhenToComeBack()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        var placer = new TestPlacer(engine.Url);
        var options = new GatewayOptions { WaitSchedulingRetryInterval = TimeSpan.FromMilliseconds(1), WaitSchedulingTimeout = TimeSpan.FromMinutes(1) };
        await using (TestGateway gateway = await TestGateway.StartAsync(placer, options))
        {
            placer.Refuse = () => placer.Queries.Count < 3 ? PlacementRefusal.Busy : PlacementRefusal.None;
            using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(3, placer.Queries.Count);
        }

        placer.Refuse = static () => PlacementRefusal.Busy;
        await using TestGateway impatient = await TestGateway.StartAsync(placer, options with { WaitSchedulingTimeout = TimeSpan.Zero });
        using HttpResponseMessage refused = await impatient.PostAsync(Chat, "{}");
        await AssertErrorAsync(refused, 503, "service_unavailable_error");
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Stop_StreamUnderWay_GoesOnToItsEnd()
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {}\n\n");
            await context.Response.Body.FlushAsync();
            await more.Task;
            await context.Response.WriteAsync("data: [DONE]\n\n");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        Task stopping = gateway.Host.StopAsync();
        using HttpResponseMessage late = await gateway.PostAsync(Chat, "{}");
        await AssertErrorAsync(late, 503, "service_unavailable_error");
        using HttpResponseMessage ready = await gateway.Client.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.False(stopping.IsCompleted);
        more.SetResult();
        Assert.Equal("data: {}\n\ndata: [DONE]\n\n", await answer.Content.ReadAsStringAsync(Cancellation));
        await stopping;
    }

    [Fact]
    public async Task Stop_DrainTimeIsUp_StreamsAreToldSo()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {}\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, new GatewayOptions { DrainTimeout = TimeSpan.Zero });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        await gateway.Host.StopAsync();
        Assert.Contains("\"code\":\"stopping\"", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(0, placer.Held);
    }

    internal static async Task AssertErrorAsync(HttpResponseMessage answer, int status, string type, string? code = null)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        JsonElement error = document.RootElement.GetProperty("error");
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.NotEqual("", error.GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        Assert.Equal(code ?? error.GetProperty("code").GetString(), error.GetProperty("code").GetString());
    }
}
