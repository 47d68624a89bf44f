using System.Net;
using System.Text;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Gateway.Tokenization;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Tokenization;

/// <summary>Prompts that engines count before the request is placed.</summary>
public sealed class EngineTokenizerTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Completions = "/v1/completions";
    private const string Messages = """{"model":"m","messages":[{"role":"user","content":"\u003c a b"}],"tools":[{}]}""";
    private const string Tokens = """{"count":3,"max_model_len":1000,"tokens":[11,22,33],"token_strs":null}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Chat, Messages, false)]
    [InlineData(Chat, Messages, true)]
    [InlineData(Completions, """{"prompt":"a b c"}""", false)]
    [InlineData(Completions, """{"prompt":"a b c"}""", true)]
    public async Task Post_TextOrMessages_TheSchedulerIsToldWhatTheEngineCounts(string path, string body, bool isForwarded)
    {
        await using ScriptedEngine engine = await EngineAsync(static context => context.Response.WriteAsync(Tokens));
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await StartAsync(placer, isForwarded, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync(path, body, ("authorization", "Bearer secret"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        EngineCall asked = await engine.NextAsync();
        Assert.Equal(("/tokenize", body, "application/json"), (asked.Path, Encoding.UTF8.GetString(asked.Body), asked.Headers["Content-Type"]));
        Assert.False(asked.Headers.ContainsKey("Authorization"));
        Assert.Equal(path, (await engine.NextAsync()).Path);
        PlacementQuery query = Assert.Single(placer.Queries);
        Assert.Equal(3, query.PromptTokens);
        Assert.Equal(isForwarded ? [11u, 22u, 33u] : null, query.PromptTokenIds);
        await AssertCountedAsync(gateway, "exact", 1);
    }

    [Theory]
    [InlineData("Bearer mine")]
    [InlineData(null)]
    public async Task Post_AuthorizationIsForwarded_EnginesThatCountSeeItToo(string? authorization)
    {
        await using ScriptedEngine engine = await EngineAsync(static context => context.Response.WriteAsync(Tokens));
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(engine.Url),
            new GatewayOptions { PromptTokens = PromptTokenSource.Engine, IsAuthorizationForwarded = true },
            null,
            engine.Url);
        using HttpResponseMessage answer = authorization is null
            ? await gateway.PostAsync(Chat, Messages) : await gateway.PostAsync(Chat, Messages, ("authorization", authorization));
        Assert.Equal(authorization, (await engine.NextAsync()).Headers.GetValueOrDefault("Authorization"));
    }

    /// <summary>The number of ids is known without an engine, and other paths have no single prompt.</summary>
    [Theory]
    [InlineData(Completions, """{"prompt":[1,2,3,4]}""")]
    [InlineData(Completions, """{"prompt":["a","b"]}""")]
    [InlineData(Completions, "{}")]
    [InlineData("/v1/embeddings", """{"input":"a"}""")]
    public async Task Post_OtherPrompt_NoEngineIsAsked(string path, string body)
    {
        await using ScriptedEngine engine = await EngineAsync(static context => context.Response.WriteAsync(Tokens));
        await using TestGateway gateway = await StartAsync(new TestPlacer(engine.Url), isForwarded: true, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync(path, body);
        Assert.Equal(path, (await engine.NextAsync()).Path);
    }

    [Theory]
    [InlineData("400", "refused")]
    [InlineData("404", "failed")]
    [InlineData("500", "failed")]
    [InlineData("text", "failed")]
    [InlineData("long", "failed")]
    [InlineData("abort", "failed")]
    [InlineData("away", "failed")]
    [InlineData("none", "no_engine")]
    public async Task Post_EngineDoesNotCount_TheLengthIsEstimated(string failure, string outcome)
    {
        await using ScriptedEngine engine = await EngineAsync(context =>
        {
            context.Response.StatusCode = failure is "400" or "404" or "500" ? int.Parse(failure, System.Globalization.CultureInfo.InvariantCulture) : 200;
            if (failure == "abort")
            {
                context.Abort();
            }

            return failure == "abort" ? Task.CompletedTask : context.Response.WriteAsync(failure == "long" ? $"{{\"x\":\"{new string('a', 100_000)}\"" : "no tokens");
        });
        var placer = new TestPlacer(engine.Url);
        Uri[] discovered = failure switch
        {
            "none" => [],
            "away" => [new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"))],
            _ => [engine.Url],
        };
        await using TestGateway gateway = await StartAsync(placer, isForwarded: true, null, discovered);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Messages);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        PlacementQuery query = Assert.Single(placer.Queries);
        Assert.True(query.PromptTokens > 3);
        Assert.Null(query.PromptTokenIds);
        await AssertCountedAsync(gateway, outcome, 1);
    }

    [Fact]
    public async Task Post_OneEngineFails_TheOtherIsAskedUntilItHasRested()
    {
        var time = new FakeTimeProvider();
        int failures = 0;
        await using ScriptedEngine failing = await EngineAsync(context =>
        {
            failures++;
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using ScriptedEngine good = await EngineAsync(static context => context.Response.WriteAsync(Tokens));
        await using TestGateway gateway = await StartAsync(new TestPlacer(good.Url), isForwarded: false, time, failing.Url, good.Url);
        await PostAsync(gateway, 6);
        Assert.Equal(1, failures);
        await AssertCountedAsync(gateway, "exact", 5);
        time.Advance(TimeSpan.FromSeconds(6));
        await PostAsync(gateway, 2);
        Assert.Equal(2, failures);
    }

    [Fact]
    public async Task Post_EngineDoesNotAnswerInTime_TheLengthIsEstimated()
    {
        var time = new FakeTimeProvider();
        await using ScriptedEngine engine = await EngineAsync(UntilDroppedAsync);
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await StartAsync(placer, isForwarded: false, time, engine.Url);
        Task<HttpResponseMessage> call = gateway.PostAsync(Chat, Messages);
        await engine.NextAsync();
        Assert.Empty(placer.Queries);
        time.Advance(EngineTokenizer.Timeout);
        using HttpResponseMessage answer = await call;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await AssertCountedAsync(gateway, "timeout", 1);
    }

    [Fact]
    public async Task Post_ClientGoesWhileTheEngineCounts_NothingIsPlaced()
    {
        var dropped = new TaskCompletionSource();
        await using ScriptedEngine engine = await EngineAsync(async context =>
        {
            await UntilDroppedAsync(context);
            dropped.SetResult();
        });
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await StartAsync(placer, isForwarded: false, null, engine.Url);
        Task<HttpResponseMessage> call = gateway.PostAsync(Chat, Messages);
        await engine.NextAsync();
        gateway.Client.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await dropped.Task.WaitAsync(Cancellation);
        await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0);
        Assert.Empty(placer.Queries);
    }

    private static Task<ScriptedEngine> EngineAsync(Func<HttpContext, Task> tokenize) => ScriptedEngine.StartAsync(
        (context, _) => context.Request.Path == "/tokenize" ? tokenize(context) : context.Response.WriteAsync("{}"));

    private static Task<TestGateway> StartAsync(TestPlacer placer, bool isForwarded, TimeProvider? time, params Uri[] discovered) => TestGateway.StartAsync(
        placer, new GatewayOptions { PromptTokens = PromptTokenSource.Engine, IsTokensForwarded = isForwarded }, time, discovered);

    private static async Task PostAsync(TestGateway gateway, int requests)
    {
        for (int i = 0; i < requests; i++)
        {
            using HttpResponseMessage answer = await gateway.PostAsync(Chat, Messages);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private static async Task UntilDroppedAsync(HttpContext context)
    {
        var dropped = new TaskCompletionSource();
        using CancellationTokenRegistration registration = context.RequestAborted.Register(() => dropped.TrySetResult());
        await dropped.Task.WaitAsync(Cancellation);
    }

    private static async Task AssertCountedAsync(TestGateway gateway, string outcome, int count) => Assert.Contains(
        FormattableString.Invariant($"gateway_prompt_tokenize_total{{outcome=\"{outcome}\"}} {count}\n"),
        await gateway.Client.GetStringAsync("/metrics", Cancellation),
        StringComparison.Ordinal);
}
