using System.Net;
using System.Text;
using System.Text.Json;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Serve;

/// <summary><c>llumnix serve</c> over engines whose own metrics it reads, sound and broken ones.</summary>
public sealed class EngineMetricsServeTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Short = """{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""";
    private const string Long = """{"stream":true,"max_tokens":100000,"messages":[{"role":"user","content":"a"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MetricsFace.Vllm)]
    [InlineData(MetricsFace.Sglang)]
    public async Task Read_AnEngineHasLoadOfOthers_ItIsInTheView(MetricsFace face)
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2, face);
        HostedEngine loaded = serve.Engines.Engines[0];
        var foreign = new List<HttpResponseMessage>();
        for (int i = 0; i < 20; i++)
        {
            foreign.Add(await serve.PostAsync(Chat, Long, directly: loaded, id: FormattableString.Invariant($"foreign-{i}")));
        }

        await Eventually.TrueAsync(() => Instance(serve, loaded).Status.RunningRequestCount == 20);
        InstanceSnapshot seen = Instance(serve, loaded);
        Assert.Equal(20, seen.Load.DecodeBatchSize);
        Assert.True(seen.Load.KvCacheUsageRatioProjected > Instance(serve, serve.Engines.Engines[1]).Load.KvCacheUsageRatioProjected);
        Assert.Equal(0, serve.Accounts);
        foreign.ForEach(static answer => answer.Dispose());
    }

    /// <summary>Requests are still tried where nothing answers: it may be the reading that is wrong.</summary>
    [Fact]
    public async Task Read_NoEngineCanBeReached_ReadyzSaysSoAndWhy()
    {
        int port = FreePort.Find(1)[0];
        await using ServeHost serve = ServeHost.Build(new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", port)], Gateway = new GatewayOptions { Port = 0 }, Console = new ConsoleOptions { IsEnabled = true, Port = 0 },
        });
        await serve.Gateway.StartAsync(Cancellation);
        using var client = new HttpClient { BaseAddress = serve.Gateway.Address };
        string expected = FormattableString.Invariant($"no engine can be reached; requests are still tried there: 127.0.0.1:{port} (connection refused)");
        string answer = "";
        await Eventually.TrueAsync(async () =>
        {
            using HttpResponseMessage ready = await client.GetAsync(new Uri("/readyz", UriKind.Relative), Cancellation);
            answer = await ready.Content.ReadAsStringAsync(Cancellation);
            return answer.Contains("no engine can be reached", StringComparison.Ordinal);
        });
        Assert.Contains(expected, answer, StringComparison.Ordinal);
        Assert.StartsWith("{\"is_ready\":false,", answer, StringComparison.Ordinal);

        // The console, and top, tell the same of the process.
        using var admin = new HttpClient { BaseAddress = serve.ConsoleAddress };
        using JsonDocument settings = JsonDocument.Parse(await admin.GetStringAsync("/admin/settings", Cancellation));
        JsonElement status = settings.RootElement.GetProperty("status");
        Assert.False(status.GetProperty("is_ready").GetBoolean());
        Assert.Equal("no engine answers", status.GetProperty("reason").GetString());
        Assert.Equal(expected, status.GetProperty("warning").GetString());
    }

    /// <summary>What others have on an engine keeps requests away from it, even when no prompt waits anywhere.</summary>
    [Theory]
    [InlineData(MetricsFace.Vllm)]
    [InlineData(MetricsFace.Sglang)]
    public async Task Post_AnEngineHasDecodesOfOthers_TheOtherOneIsPreferred(MetricsFace face)
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2, face);
        HostedEngine loaded = serve.Engines.Engines[0];
        var answers = new List<HttpResponseMessage>();
        for (int i = 0; i < 20; i++)
        {
            answers.Add(await serve.PostAsync(Chat, Long, directly: loaded, id: FormattableString.Invariant($"foreign-{i}")));
        }

        await Eventually.TrueAsync(() => Instance(serve, loaded).Status.RunningRequestCount == 20);
        for (int i = 0; i < 10; i++)
        {
            answers.Add(await serve.PostAsync(Chat, Long, id: FormattableString.Invariant($"own-{i}")));
        }

        Assert.Equal([20, 10], serve.Engines.Engines.Select(static engine => engine.Status().RunningRequestCount));
        answers.ForEach(static answer => answer.Dispose());
    }

    [Theory]
    [InlineData(MetricsFault.Error)]
    [InlineData(MetricsFault.Garbage)]
    [InlineData(MetricsFault.Frozen)]
    [InlineData(MetricsFault.Slow)]
    public async Task Post_MetricsOfOneAreBroken_NoRequestFails(MetricsFault fault)
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        await serve.UntilAllAreReadAsync();
        serve.Engines.Engines[0].MetricsFault = fault;
        await PostManyAsync(serve, 60);
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Post_MetricsOfAllAreFrozen_GoesOnAndSpreads()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        await serve.UntilAllAreReadAsync();
        foreach (HostedEngine engine in serve.Engines.Engines)
        {
            engine.MetricsFault = MetricsFault.Frozen;
        }

        await Eventually.TrueAsync(() => serve.Host.ClusterSnapshot().Instances.All(static instance => instance.Health == InstanceHealth.Stale));
        var answers = new List<HttpResponseMessage>();
        for (int i = 0; i < 16; i++)
        {
            answers.Add(await serve.PostAsync(Chat, Long, id: FormattableString.Invariant($"id-{i}")));
            Assert.Equal(HttpStatusCode.OK, answers[^1].StatusCode);
        }

        // The own account counts each request until its end.
        int[] running = [.. serve.Engines.Engines.Select(static engine => engine.Status().RunningRequestCount)];
        Assert.Equal(16, running.Sum());
        Assert.All(running, static count => Assert.InRange(count, 7, 9));
        answers.ForEach(static answer => answer.Dispose());
        await Eventually.TrueAsync(() => serve.Host.LeaseCount + serve.Host.Gateway.ActiveRequests == 0);
    }

    /// <summary>What an engine counted while its metrics could be read is counted on, when they no longer can.</summary>
    [Fact]
    public async Task Post_MetricsOfTheLoadedOneEnd_ItsLoadIsNotForgotten()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        await serve.UntilAllAreReadAsync();
        var answers = new List<HttpResponseMessage>();
        for (int i = 0; i < 10; i++)
        {
            answers.Add(await serve.PostAsync(Chat, Long, id: FormattableString.Invariant($"id-{i}")));
        }

        HostedEngine first = serve.Engines.Engines[0];
        await Eventually.TrueAsync(() => Instance(serve, first).Status.RunningRequestCount == first.Status().RunningRequestCount);
        first.MetricsFault = MetricsFault.Error;
        await Eventually.TrueAsync(() => Instance(serve, first).Status.Reading is null);
        Assert.Equal(first.Status().RunningRequestCount, Instance(serve, first).Load.DecodeBatchSize);
        answers.ForEach(static answer => answer.Dispose());
        await serve.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Crash_OfAnEngine_ItIsOutAtOnce()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        await serve.UntilAllAreReadAsync();
        HostedEngine dead = serve.Engines.Engines[0];
        await dead.CrashAsync();
        await Eventually.TrueAsync(() => Instance(serve, dead).Health == InstanceHealth.Unreachable);
        using var admin = new HttpClient { BaseAddress = serve.Host.ConsoleAddress };
        await Eventually.TrueAsync(async () =>
        {
            using JsonDocument fleet = JsonDocument.Parse(await admin.GetStringAsync("/admin/fleet", Cancellation));
            JsonElement told = fleet.RootElement.GetProperty("instances").EnumerateArray()
                .Single(instance => instance.GetProperty("address").GetString() == FormattableString.Invariant($"127.0.0.1:{dead.Port}"));
            return told.GetProperty("health").GetString() == "unreachable"
                && told.GetProperty("health_reason").GetString() == "nothing answers at its address";
        });
        using (var request = new StringContent("""{"id": "why", "scheduling_mode": "neutral", "prompt_num_tokens": 10}""", Encoding.UTF8, "application/json"))
        using (HttpResponseMessage answer = await admin.PostAsync("/debug/explain", request, Cancellation))
        {
            string explained = await answer.Content.ReadAsStringAsync(Cancellation);
            JsonElement candidate = JsonDocument.Parse(explained).RootElement.GetProperty("roles")[0].GetProperty("candidates").EnumerateArray()
                .Single(candidate => candidate.GetProperty("address").GetString() == FormattableString.Invariant($"127.0.0.1:{dead.Port}"));
            Assert.Equal("unreachable", candidate.GetProperty("dropped_by").GetString());
            Assert.Contains("is not read", JsonDocument.Parse(explained).RootElement.GetProperty("warning").GetString(), StringComparison.Ordinal);
        }

        using var gateway = new HttpClient { BaseAddress = serve.Host.Gateway.Address };
        string metrics = await gateway.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("scheduler_instances{infer_type=\"neutral\",state=\"unreachable\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("scheduler_unreachable_instances 1", metrics, StringComparison.Ordinal);
        Assert.Equal(2, metrics.Split('\n').Count(static line => line.StartsWith("scheduler_instance_info{", StringComparison.Ordinal)));
        await PostManyAsync(serve, 20);
        await serve.UntilNothingIsHeldAsync();
    }

    /// <summary>After a while their numbers are stale, too: what is told of them stays that nothing answers.</summary>
    [Fact]
    public async Task Crash_OfAllEngines_AllAreCalledUnreachable()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        await serve.UntilAllAreReadAsync();
        foreach (HostedEngine engine in serve.Engines.Engines.ToArray())
        {
            await engine.CrashAsync();
        }

        await Eventually.TrueAsync(() => serve.Host.ClusterSnapshot().Instances.All(static instance => instance is { IsUnreachable: true, Health: InstanceHealth.Stale }));
        using var admin = new HttpClient { BaseAddress = serve.Host.ConsoleAddress };
        await Eventually.TrueAsync(async () =>
        {
            using JsonDocument fleet = JsonDocument.Parse(await admin.GetStringAsync("/admin/fleet", Cancellation));
            return fleet.RootElement.GetProperty("instances").EnumerateArray().All(static instance => instance.GetProperty("health").GetString() == "unreachable");
        });
        await Eventually.TrueAsync(async () =>
        {
            string[] page = (await serve.Client.GetStringAsync("/metrics", Cancellation)).Split('\n');
            return page.Contains("scheduler_instances{infer_type=\"neutral\",state=\"unreachable\"} 2") && page.Contains("scheduler_instances{infer_type=\"neutral\",state=\"stale\"} 0");
        });
    }

    /// <summary>Engines say which models they serve: no request reaches one that does not have its model.</summary>
    [Fact]
    public async Task Post_EnginesOfDifferentModels_EachGetsItsOwn()
    {
        await using EngineHost other = await EngineHost.StartAsync(
            new EngineHostOptions { Model = "second", Engines = [new EmulatedEngineOptions()] }, Cancellation);
        EngineHost first = await EngineHost.StartAsync(
            new EngineHostOptions { Model = "first", Engines = [new EmulatedEngineOptions()] }, Cancellation);
        await using EmulatedServe serve = await EmulatedServe.StartAsync(first, new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", first.Engines[0].Port), new ListedEngine("127.0.0.1", other.Engines[0].Port)],
            Gateway = new GatewayOptions { Port = 0 },
        });
        await Eventually.TrueAsync(() => serve.Host.ClusterSnapshot().Instances.Count(static instance => instance.Metadata.Models.Count > 0) == 2);
        foreach (string model in (string[])["first", "second", "first", "second", "second", "first"])
        {
            using HttpResponseMessage answer = await serve.PostAsync(Chat, $$"""{"model":"{{model}}","max_tokens":2,"messages":[{"role":"user","content":"a"}]}""");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains($"\"model\":\"{model}\"", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        using HttpResponseMessage unknown = await serve.PostAsync(Chat, """{"model":"third","max_tokens":2,"messages":[{"role":"user","content":"a"}]}""");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("model_not_found", await unknown.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await serve.UntilNothingIsHeldAsync();
    }

    /// <summary>An engine that has never answered may serve any model; the others say what is served.</summary>
    [Fact]
    public async Task Post_UnknownModelAndAnEngineThatNeverAnswered_Is404AtOnce()
    {
        EngineHost up = await EngineHost.StartAsync(new EngineHostOptions { Model = "first", Engines = [new EmulatedEngineOptions()] }, Cancellation);
        int away = FreePort.Find(1)[0];
        await using EmulatedServe serve = await EmulatedServe.StartAsync(up, new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", up.Engines[0].Port), new ListedEngine("127.0.0.1", away)],
            Gateway = new GatewayOptions { Port = 0, WaitSchedulingTimeout = TimeSpan.FromMinutes(10) },
        });
        await Eventually.TrueAsync(() => serve.Host.ClusterSnapshot().Instances.Select(static instance => (instance.Metadata.Models.Count, instance.Metadata.IsUnheard))
            .Order().SequenceEqual([(0, true), (1, false)]));
        using HttpResponseMessage unknown = await serve.PostAsync(Chat, """{"model":"second","max_tokens":2,"messages":[{"role":"user","content":"a"}]}""");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("""no engine serves the model \"second\"; served are: first""", await unknown.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await serve.UntilNothingIsHeldAsync();
    }

    private static async Task PostManyAsync(EmulatedServe serve, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using HttpResponseMessage answer = await serve.PostAsync(Chat, Short, id: FormattableString.Invariant($"many-{i}"));
            Assert.Contains(Assert.Single(answer.Headers.GetValues("x-llumnix-engine")), serve.Engines.Engines.Select(static engine => FormattableString.Invariant($"127.0.0.1:{engine.Port}")));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancellation));
        }
    }

    private static InstanceSnapshot Instance(EmulatedServe serve, HostedEngine engine) =>
        serve.Host.ClusterSnapshot().Instances.Single(instance => instance.Metadata.ApiServerPort == engine.Port);
}
