using System.Net;
using System.Text.Json;
using Llumnix.Gateway.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>What a client sees of engines that refuse, fail, break off or hang.</summary>
public sealed class EngineFaultTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Streaming = """{"model":"m","stream":true,"messages":[]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
        Assert.Equal([false, true, false], placer.Queries.Select(static query => query.IsRetry));
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Fact]
    public async Task Post_EveryEngineRefuses_Is502()
    {
        var away = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        var placer = new TestPlacer(away);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        await ErrorAnswer.AssertAsync(answer, 502, "server_error");
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Fact]
    public async Task Post_EngineRedirects_TheNextAnswers_OrTheClientIsNotTold()
    {
        await using ScriptedEngine odd = await ScriptedEngine.StartAsync(static (context, _) =>
        {
            context.Response.Redirect("http://10.1.2.3/elsewhere");
            return Task.CompletedTask;
        });
        await using ScriptedEngine good = await ScriptedEngine.StartAsync("{}");
        await using (TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(odd.Url, good.Url)))
        {
            using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
            Assert.Equal("{}", await answer.Content.ReadAsStringAsync(Cancellation));
        }

        await using TestGateway alone = await TestGateway.StartAsync(new TestPlacer(odd.Url));
        using HttpResponseMessage failed = await alone.PostAsync(Chat, "{}");
        Assert.Null(failed.Headers.Location);
        await ErrorAnswer.AssertAsync(failed, 502, "server_error");
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

    /// <summary>The gateway's own 504 names the engine that was asked, as its answer would.</summary>
    [Fact]
    public async Task Post_EngineNeverEndsAnAnswerThatIsHeld_TimeoutNamesTheEngine()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(static async (context, _) =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (!context.Request.Headers.ContainsKey("x-whole"))
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await context.Response.WriteAsync("}", CancellationToken.None);
        });
        var time = new FakeTimeProvider();
        // Time goes on until the wait for the rest of the answer is over; the wait for its beginning takes much longer.
        var options = new GatewayOptions { IsEngineTold = true, ResponseTimeout = TimeSpan.FromDays(20), IdleTimeout = TimeSpan.FromMinutes(5) };
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url), options, time);
        using HttpResponseMessage whole = await gateway.PostAsync(Chat, "{}", ("x-whole", "1"));
        Assert.Equal(engine.Url.Authority, Assert.Single(whole.Headers.GetValues("x-llumnix-engine")));

        await engine.NextAsync();
        Task<HttpResponseMessage> asking = gateway.PostAsync(Chat, "{}");
        await engine.NextAsync();
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(6));
            return asking.IsCompleted;
        });
        using HttpResponseMessage answer = await asking;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal(engine.Url.Authority, Assert.Single(answer.Headers.GetValues("x-llumnix-engine")));
    }

    /// <summary>Who is not told where engines are is not told by an error either.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_NoEngineAnswers_ErrorNamesTheLastOneWhereAnswersDo(bool isEngineTold)
    {
        var dead = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(dead), new GatewayOptions { IsEngineTold = isEngineTold });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(isEngineTold ? [dead.Authority] : [], answer.Headers.TryGetValues("x-llumnix-engine", out IEnumerable<string>? named) ? named : []);
        Assert.DoesNotContain(dead.Authority, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    /// <summary>What goes wrong before an engine is asked names none.</summary>
    [Fact]
    public async Task Post_BadBody_ErrorNamesNoEngine()
    {
        var dead = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(dead), new GatewayOptions { IsEngineTold = true });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("x-llumnix-engine"));
    }
}
