using System.Net;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Tests.Keys;
using Llumnix.Testing.Polling;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>A gateway that asks for API keys, as its clients see it.</summary>
public sealed class ApiKeyTests : IDisposable
{
    private const string Chat = "/v1/chat/completions";
    private const string Usage = """{"usage":{"prompt_tokens":5,"completion_tokens":95}}""";

    private static readonly (string, string) Secret = ("Authorization", "Bearer secret");

    private static readonly string Name = KeyFile.NameOf("secret");

    private readonly KeyFile _file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("POST", Chat)]
    [InlineData("GET", "/v1/models")]
    [InlineData("POST", "/v1/no/such/path")]
    public async Task Request_WithoutKey_Is401(string method, string path)
    {
        var placer = new TestPlacer();
        await using TestGateway gateway = await StartAsync(placer, "");
        foreach (string? header in (string?[])[null, "Bearer wrong", "secret"])
        {
            using var message = new HttpRequestMessage(new HttpMethod(method), path);
            message.Headers.TryAddWithoutValidation("Authorization", header);
            using HttpResponseMessage answer = await gateway.Client.SendAsync(message, Cancellation);
            await ErrorAnswer.AssertAsync(answer, 401, "invalid_request_error");
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }

        Assert.Empty(placer.Queries);
    }

    [Fact]
    public async Task Request_OfProbesAndMetrics_NeedsNoKeyAndShowsNone()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await StartAsync(new TestPlacer(engine.Url), "", engine.Url);
        using HttpResponseMessage served = await gateway.PostAsync(Chat, "{}", Secret);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.DoesNotContain("Authorization", (await engine.NextAsync()).Headers.Keys);
        Assert.Equal("", await gateway.Client.GetStringAsync("/healthz", Cancellation));
        using HttpResponseMessage ready = await gateway.Client.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.DoesNotContain("secret", await gateway.Client.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MoreRequestsThanInAMinute_Is429WithATime()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await StartAsync(new TestPlacer(engine.Url), ",\"requests_per_minute\":2");
        using HttpResponseMessage first = await gateway.PostAsync(Chat, "{}", Secret);
        using HttpResponseMessage second = await gateway.PostAsync(Chat, "{}", Secret);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        using HttpResponseMessage third = await gateway.PostAsync(Chat, "{}", Secret);
        await ErrorAnswer.AssertAsync(third, 429, "requests");
        Assert.Equal(TimeSpan.FromSeconds(30), third.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Post_AnswerTookMoreThanTheEstimate_TheNextWaitsForThat()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(Usage);
        await using TestGateway gateway = await StartAsync(new TestPlacer(engine.Url), ",\"tokens_per_minute\":60");
        using HttpResponseMessage first = await gateway.PostAsync(Chat, """{"prompt":"a"}""", Secret);
        Assert.Equal(Usage, await first.Content.ReadAsStringAsync(Cancellation));
        await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0);
        using HttpResponseMessage second = await gateway.PostAsync(Chat, """{"prompt":"a"}""", Secret);
        await ErrorAnswer.AssertAsync(second, 429, "tokens");
        Assert.InRange(second.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0, 40, 60);
    }

    [Fact]
    public async Task Post_NoEngineDidAnything_TheEstimateIsGivenBack()
    {
        var placer = new TestPlacer { Refuse = static () => PlacementRefusal.NotFound };
        await using TestGateway gateway = await StartAsync(placer, ",\"tokens_per_minute\":20");
        string body = $$"""{"prompt":"{{string.Join(' ', Enumerable.Repeat("word", 10))}}"}""";
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await gateway.PostAsync(Chat, body, Secret);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0);
        }

        Assert.InRange(placer.Queries.Last().PromptTokens, 11, 20);
    }

    [Fact]
    public async Task Post_PriorityAboveTheKeysOwn_CountsAsThat()
    {
        var placer = new TestPlacer { Refuse = static () => PlacementRefusal.Busy };
        await using TestGateway gateway = await StartAsync(placer, ",\"max_priority\":1");
        using var leaving = new CancellationTokenSource();
        Task<HttpResponseMessage> first = AskAsync(gateway, "1", leaving.Token);
        await Eventually.TrueAsync(() => gateway.Host.WaitingRequests == 1);

        // Of the same class as the one that waits: it does not take its place.
        using HttpResponseMessage second = await AskAsync(gateway, "9", Cancellation);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task Metrics_RequestsTokensAndRefusals_AreCountedByTheKeysName()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(Usage);
        await using TestGateway gateway = await StartAsync(new TestPlacer(engine.Url), ",\"requests_per_minute\":2,\"tokens_per_minute\":60");
        (string, string)[] unknown = [("Authorization", "Bearer wrong")];
        foreach ((string, string)[] headers in ((string, string)[][])[[Secret], [Secret], [Secret], unknown, []])
        {
            using HttpResponseMessage answer = await gateway.PostAsync(Chat, """{"prompt":"a"}""", headers);
            await answer.Content.ReadAsStringAsync(Cancellation);
            await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0);
        }

        string[] lines = [];
        await Eventually.TrueAsync(async () =>
            (lines = (await gateway.Client.GetStringAsync("/metrics", Cancellation)).Split('\n')).Contains($"gateway_key_requests_total{{key=\"{Name}\"}} 3"));
        Assert.Contains($"gateway_key_tokens_total{{key=\"{Name}\"}} 100", lines);
        Assert.Contains($"gateway_key_refusals_total{{key=\"{Name}\",reason=\"tokens\"}} 1", lines);
        Assert.Contains($"gateway_key_refusals_total{{key=\"{Name}\",reason=\"requests\"}} 1", lines);
        Assert.Contains("gateway_unauthorized_total 2", lines);
    }

    [Fact]
    public async Task Metrics_KeyWithoutLimits_ItsTokensAreCountedToo()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(Usage);
        await using TestGateway gateway = await StartAsync(new TestPlacer(engine.Url), "");
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, """{"prompt":"a"}""", Secret);
        await answer.Content.ReadAsStringAsync(Cancellation);
        await Eventually.TrueAsync(async () =>
            (await gateway.Client.GetStringAsync("/metrics", Cancellation)).Contains($"gateway_key_tokens_total{{key=\"{Name}\"}} 100\n", StringComparison.Ordinal));
    }

    private static Task<HttpResponseMessage> AskAsync(TestGateway gateway, string priority, CancellationToken cancellation)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent("{}") };
        message.Headers.Add("Authorization", "Bearer secret");
        message.Headers.Add("x-llumnix-priority", priority);
        return gateway.Client.SendAsync(message, cancellation);
    }

    private Task<TestGateway> StartAsync(TestPlacer placer, string limits, params Uri[] discovered) => TestGateway.StartAsync(
        placer,
        new GatewayOptions { ApiKeyFile = _file.Write(KeyFile.Entry("secret", limits)).Path, MaxQueueSize = 1, WaitSchedulingTimeout = TimeSpan.FromMinutes(1) },
        new FakeTimeProvider(),
        discovered);
}
