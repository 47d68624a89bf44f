using System.Net;
using System.Text;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Routing;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Gateway.Tests.Keys;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Routing;

public sealed class ExternalRoutesTests
{
    private const string Path = "/v1/chat/completions";
    private const string Body = """{"model":"m","stream":true,"messages":[]}""";
    private const string Stream = "data: {\"a\":1}\n\ndata: [DONE]\n\n";

    [Fact]
    public async Task ARoutedRequestHasTheEndpointsModelAndKeyAndNotTheClients()
    {
        await using ScriptedEngine external = await ScriptedEngine.StartAsync(Stream, "text/event-stream");
        var placer = new TestPlacer();
        await using TestGateway gateway = await TestGateway.StartAsync(placer, Of(RoutePolicy.Prefix, new Route { BaseUrl = external.Url, Prefix = "m", Model = "big", ApiKey = "k" }));

        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body, ("Authorization", "Bearer client"), ("x-api-key", "client"), ("x-request-id", "r1"));

        Assert.Equal(Stream, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("r1", answer.Headers.GetValues("x-request-id").Single());
        EngineCall call = await external.NextAsync();
        Assert.Equal("""{"model":"big","stream":true,"messages":[]}""", Encoding.UTF8.GetString(call.Body));
        Assert.Equal(Path, call.Path);
        Assert.Equal("Bearer k", call.Headers["Authorization"]);
        Assert.Equal("r1", call.Headers["x-request-id"]);
        Assert.DoesNotContain("x-api-key", call.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Empty(placer.Queries);
    }

    [Fact]
    public async Task AStreamReachesTheClientAsItComes()
    {
        var seen = new TaskCompletionSource();
        await using ScriptedEngine external = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n", context.RequestAborted);
            await seen.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("data: 2\n\n", context.RequestAborted);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), Of(RoutePolicy.Weight, new Route { BaseUrl = external.Url, Weight = 1 }));

        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: 1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        seen.SetResult();
        Assert.Contains("data: 2", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEndpointThatRedirectsHasFailed()
    {
        await using ScriptedEngine odd = await ScriptedEngine.StartAsync(static (context, _) =>
        {
            context.Response.Redirect("http://10.1.2.3/elsewhere", permanent: true);
            return Task.CompletedTask;
        });
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), Of(RoutePolicy.Weight, new Route { BaseUrl = odd.Url, Weight = 1, ApiKey = "k" }));

        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body);

        Assert.Null(answer.Headers.Location);
        await ErrorAnswer.AssertAsync(answer, 502, "server_error");
    }

    [Theory]
    [InlineData(PlacementRefusal.NotReady)]
    [InlineData(PlacementRefusal.NotFound)]
    public async Task WhatTheFleetRefusesGoesToTheFallbacksInOrder(PlacementRefusal refusal)
    {
        await using ScriptedEngine failing = await ScriptedEngine.StartAsync((context, _) => Fail(context, 429));
        await using ScriptedEngine external = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer { Refuse = () => refusal }, Of(RoutePolicy.Local, Fallback(failing.Url), Fallback(external.Url)) with { WaitSchedulingTimeout = TimeSpan.Zero });

        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("{}", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Body, Encoding.UTF8.GetString((await failing.NextAsync()).Body));
        Assert.Equal(Body, Encoding.UTF8.GetString((await external.NextAsync()).Body));
        string metrics = await gateway.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("request_fallback_total{model=\"m\",status_code=\"429\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("request_fallback_total{model=\"m\",status_code=\"success\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailedEngineIsGivenBackBeforeTheFallbackAnswers()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync((context, _) => Fail(context, 500));
        var placer = new TestPlacer(engine.Url);
        int held = -1;
        await using ScriptedEngine external = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            held = placer.Held;
            await context.Response.WriteAsync("{}", context.RequestAborted);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(placer, Of(RoutePolicy.Local, Fallback(external.Url)));

        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, held);
    }

    [Fact]
    public async Task ARefusedKeyAndASilentEndpointAreErrorsOfTheGateway()
    {
        await using ScriptedEngine refusing = await ScriptedEngine.StartAsync((context, _) => Fail(context, 401));
        await using ScriptedEngine silent = await ScriptedEngine.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        foreach (Uri url in new[] { refusing.Url, silent.Url, new Uri("http://127.0.0.1:1") })
        {
            await using TestGateway gateway = await TestGateway.StartAsync(
                new TestPlacer(), Of(RoutePolicy.Weight, new Route { BaseUrl = url, Weight = 1 }) with { IdleTimeout = TimeSpan.FromMilliseconds(300) });
            using HttpResponseMessage answer = await gateway.PostAsync(Path, Body);
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
            Assert.Contains("external_failed", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AStreamThatIsCutEndsWithAnErrorEventAndIsNotTriedElsewhere()
    {
        var seen = new TaskCompletionSource();
        await using ScriptedEngine cut = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n", context.RequestAborted);
            await seen.Task.WaitAsync(context.RequestAborted);
            context.Abort();
        });
        await using ScriptedEngine other = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(), Of(RoutePolicy.Weight, new Route { BaseUrl = cut.Url, Weight = 1 }, Fallback(other.Url)));

        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: 1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        seen.SetResult();

        string rest = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("\ndata: {\"error\":{", rest, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"external_failed\"", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", rest, StringComparison.Ordinal);
        Assert.Equal(0, other.Unseen);
    }

    [Fact]
    public async Task AWholeAnswerThatIsCutIsFollowedByTheFallback()
    {
        await using ScriptedEngine cut = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            await context.Response.WriteAsync("{\"half\":", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        });
        await using ScriptedEngine other = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(), Of(RoutePolicy.Weight, new Route { BaseUrl = cut.Url, Weight = 1 }, Fallback(other.Url)));

        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body);

        Assert.Equal("{}", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("application/json", """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12}}""")]
    [InlineData("text/event-stream", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n")]
    public async Task TheUsageOfAnExternalAnswerCounts(string contentType, string text)
    {
        await using ScriptedEngine external = await ScriptedEngine.StartAsync(text, contentType);
        using KeyFile keys = new KeyFile().Write(KeyFile.Entry("key-a", ",\"tokens_per_minute\":1000"));
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(), Of(RoutePolicy.Weight, new Route { BaseUrl = external.Url, Weight = 1 }) with { ApiKeyFile = keys.Path });

        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body, ("Authorization", "Bearer key-a"));

        Assert.Equal(text, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0);
        string metrics = await gateway.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains($"gateway_key_tokens_total{{key=\"{KeyFile.NameOf("key-a")}\"}} 12", metrics, StringComparison.Ordinal);
        Assert.Contains("request_input_tokens_total{model=\"m\"} 7", metrics, StringComparison.Ordinal);
        Assert.Contains("request_output_tokens_total{model=\"m\"} 5", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAFleetTheGatewayIsReadyAndListsTheModelsThatRoutesName()
    {
        var external = new Uri("http://127.0.0.1:1");
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(), Of(RoutePolicy.Prefix, new Route { BaseUrl = external, Prefix = "large" }, new Route { BaseUrl = external, Prefix = "other*" }));

        using HttpResponseMessage ready = await gateway.Client.GetAsync("/readyz", TestContext.Current.CancellationToken);
        string models = await gateway.Client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal("""{"object":"list","data":[{"id":"large","object":"model","created":0,"owned_by":"external"}]}""", models);
    }

    [Fact]
    public async Task WithARouteToAFleetThatDoesNotAnswerTheGatewayIsNotReady()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(), Of(RoutePolicy.Prefix, new Route { Prefix = "m" }, new Route { BaseUrl = new Uri("http://127.0.0.1:1"), Prefix = "large" }));

        using HttpResponseMessage ready = await gateway.Client.GetAsync("/readyz", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    [Fact]
    public async Task AModelWithoutARouteIsUnknown()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), Of(RoutePolicy.Prefix, new Route { Prefix = "other" }));
        using HttpResponseMessage answer = await gateway.PostAsync(Path, Body);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static GatewayOptions Of(RoutePolicy policy, params Route[] routes) => new() { Routes = new RouteTable(policy, routes) };

    private static Route Fallback(Uri url) => new() { BaseUrl = url, IsFallback = true };

    private static Task Fail(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("no", context.RequestAborted);
    }
}
