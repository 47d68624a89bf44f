using System.Net;
using System.Text.RegularExpressions;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Serve;

/// <summary>The gateway and the scheduler of <c>llumnix serve</c> over emulated engines.</summary>
public sealed partial class ServeHostTests
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Usage is asked of the engine on our own account: who did not ask for it must not see a trace of that.</summary>
    [Theory]
    [InlineData(Chat, """{"stream":true,"max_tokens":20,"stream_options":{"include_usage":false},"messages":[{"role":"user","content":"a b c"}]}""")]
    [InlineData(Chat, """{"stream":true,"max_tokens":20,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"a b c"}]}""")]
    [InlineData("/v1/completions", """{"stream":true,"max_tokens":20,"stream_options":{"include_usage":false},"prompt":"a b c"}""")]
    [InlineData("/v1/completions", """{"max_tokens":20,"prompt":"a b c"}""")]
    [InlineData(Chat, """{"max_tokens":3,"messages":[{"role":"user","content":"a b c"}]}""")]
    [InlineData(Chat, """{"max_tokens":-1,"messages":[]}""")]
    public async Task Post_AnyRequest_IsAnsweredAsByTheEngineItself(string path, string body)
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(1);
        using HttpResponseMessage direct = await serve.PostAsync(path, body, serve.Engines.Engines[0]);
        string expected = await direct.Content.ReadAsStringAsync(Cancellation);
        using HttpResponseMessage answer = await serve.PostAsync(path, body);
        Assert.Equal(direct.StatusCode, answer.StatusCode);
        Assert.Equal(direct.Content.Headers.ContentType, answer.Content.Headers.ContentType);
        Assert.Equal(WithoutTime(expected), WithoutTime(await answer.Content.ReadAsStringAsync(Cancellation)));
        Assert.Equal(["test"], answer.Headers.GetValues("x-request-id"));
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Post_OptionsLeftOut_StreamHasNoUsage()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        using HttpResponseMessage answer = await serve.PostAsync(Chat, """{"stream":true,"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""");
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.DoesNotContain("usage", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        await serve.UntilNothingIsHeldAsync();
    }

    /// <summary>The scheduler inside is watched like one of its own: dashboards and alerts go by these.</summary>
    [Theory]
    [InlineData(true, "full")]
    [InlineData(false, "lite")]
    public async Task Metrics_AfterARequest_TellOfTheDecision(bool areEngineMetricsRead, string mode)
    {
        EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions { Engines = [new()] }, Cancellation);
        await using EmulatedServe serve = await EmulatedServe.StartAsync(engines, new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", engines.Engines[0].Port)],
            AreEngineMetricsRead = areEngineMetricsRead,
            Gateway = new GatewayOptions { Port = 0 },
        });
        // A request that comes before the scheduler knows the engine waits, and is placed a second time.
        await Eventually.TrueAsync(async () =>
        {
            using HttpResponseMessage ready = await serve.Client.GetAsync(new Uri("/readyz", UriKind.Relative), Cancellation);
            return ready.IsSuccessStatusCode;
        });
        using HttpResponseMessage answer = await serve.PostAsync(Chat, """{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        string[] page = (await serve.Client.GetStringAsync("/metrics", Cancellation)).Split('\n');
        Assert.Contains("scheduler_scheduling_total 1", page);
        Assert.Contains("scheduler_scheduling_failed_total{error_type=\"no_available_endpoint\"} 0", page);
        Assert.Contains($"request_{mode}_mode_schedule_duration_milliseconds_count 1", page);
        Assert.Contains($"selected_instance_decode_batch_size_count{{infer_type=\"neutral\"}} {(areEngineMetricsRead ? 1 : 0)}", page);
    }

    [Fact]
    public async Task Post_ManyAtOnce_AreSpreadOverTheEngines()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        const string body = """{"stream":true,"max_tokens":100000,"messages":[{"role":"user","content":"a"}]}""";
        var answers = new List<HttpResponseMessage>();
        for (int i = 0; i < 16; i++)
        {
            answers.Add(await serve.PostAsync(Chat, body, id: FormattableString.Invariant($"id-{i}")));
        }

        // How many each gets depends on how far the first ones have come by then: prompts that are computed no longer count.
        int[] running = [.. serve.Engines.Engines.Select(static engine => engine.Status().RunningRequestCount)];
        Assert.Equal(16, running.Sum());
        Assert.All(running, static count => Assert.True(count > 0));

        // The clients go.
        answers.ForEach(static answer => answer.Dispose());
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Post_EngineHasCrashed_EveryRequestIsServedByTheOther()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        await serve.Engines.Engines[0].CrashAsync();
        for (int i = 0; i < 8; i++)
        {
            using HttpResponseMessage answer = await serve.PostAsync(
                Chat, """{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""", id: FormattableString.Invariant($"id-{i}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await serve.UntilNothingIsHeldAsync();
    }

    /// <summary>Load leads to the engine that has died, since it holds nothing; its failure must lead away all the same.</summary>
    [Fact]
    public async Task Post_OtherEngineIsLoaded_IsServedByItAfterACrash()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        string longPrompt = string.Join(' ', Enumerable.Repeat("word", 5000));
        using HttpResponseMessage load = await serve.PostAsync(
            Chat, $$"""{"stream":true,"max_tokens":100000,"messages":[{"role":"user","content":"{{longPrompt}}"}]}""");
        HostedEngine idle = serve.Engines.Engines.Single(static engine => engine.Status().RunningRequestCount == 0);
        await idle.CrashAsync();
        using HttpResponseMessage answer = await serve.PostAsync(Chat, """{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""", id: "second");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        load.Dispose();
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Post_EngineCrashesWithinAStream_EndsWithAnErrorEvent()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(1);
        using HttpResponseMessage answer = await serve.PostAsync(Chat, """{"stream":true,"max_tokens":100000,"messages":[{"role":"user","content":"a"}]}""");
        await serve.Engines.Engines[0].CrashAsync();
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("\"code\":\"engine_failed\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Metrics_HoldWhatTheSchedulerAndTheGatewayTell()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(1);
        using HttpResponseMessage ready = await serve.Client.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using HttpResponseMessage answer = await serve.PostAsync(Chat, """{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""");
        await serve.UntilNothingIsHeldAsync();
        string page = await serve.Client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("request_total{model=\"\",status_code=\"200\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("scheduler_engines 1\n", page, StringComparison.Ordinal);
    }

    private static string WithoutTime(string answer) => Created().Replace(answer, "\"created\":0");

    [GeneratedRegex("\"created\":[0-9]+")]
    private static partial Regex Created();
}
