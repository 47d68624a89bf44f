using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Secrets;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Polling;

namespace Llumnix.Server.Tests.AdminApi;

/// <summary>The admin API of a real scheduler of lite mode with one instance.</summary>
public sealed class AdminHostTests
{
    private static readonly ConsoleOptions Console = new() { IsEnabled = true, Port = 0, DecisionHistory = 100 };
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fleet_TellsEveryInstanceWithItsLoad()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        await ScheduleAsync(host, "r1");
        FleetAnswer fleet = await GetAsync(admin, "/admin/fleet", AdminJsonContext.Default.FleetAnswer);
        FleetInstance instance = Assert.Single(fleet.Instances);
        Assert.Equal(("lite", "load-balance", 1), (fleet.Mode, fleet.Policy, fleet.InFlight));
        Assert.Equal(
            (host.LiteModeSnapshot().Instances[0].Description.Id, "10.0.0.1:8000", "neutral", "ok", "", 1L, 5L),
            (instance.Id, instance.Address, instance.Role, instance.Health, instance.HealthReason, instance.InFlight, instance.TrackedTokens));
        Assert.Null(instance.KvUsedTokens);
    }

    [Fact]
    public async Task Decisions_PagesAndSearches()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        for (int i = 0; i < 5; i++)
        {
            await ScheduleAsync(host, $"r{i}");
        }

        await ScheduleAsync(host, "refused", "pd_batch");
        DecisionsAnswer page = await GetAsync(admin, "/admin/decisions?limit=3", AdminJsonContext.Default.DecisionsAnswer);
        Assert.Equal((100, 7L, 4L), (page.Capacity, page.RecordedTotal, page.NextBefore));
        Assert.Equal([("refused", "decode"), ("refused", "prefill"), ("r4", "neutral")], page.Decisions.Select(d => (d.RequestId, d.Role)));
        Assert.Equal(["endpoint_not_found", "endpoint_not_found", "placed"], page.Decisions.Select(d => d.Outcome));
        page = await GetAsync(admin, "/admin/decisions?limit=10&before=4", AdminJsonContext.Default.DecisionsAnswer);
        Assert.Equal(["r3", "r2", "r1", "r0"], page.Decisions.Select(d => d.RequestId));
        Assert.Null(page.NextBefore);
        RecordedDecision found = Assert.Single((await GetAsync(admin, "/admin/decisions?request_id=r2", AdminJsonContext.Default.DecisionsAnswer)).Decisions);
        Assert.Equal((2L, "the only healthy instance of this role", 5), (found.Sequence, found.Why, found.PromptTokens));
        Assert.Equal(("num_tokens", 10.0), (found.Metrics[0].Name, found.Metrics[0].Value));
        Assert.Empty((await GetAsync(admin, "/admin/decisions?instance=other", AdminJsonContext.Default.DecisionsAnswer)).Decisions);
        Assert.Equal(2, (await GetAsync(admin, "/admin/decisions?outcome=endpoint_not_found", AdminJsonContext.Default.DecisionsAnswer)).Decisions.Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.GetAsync("/admin/decisions?limit=0", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Decision_HasTheExplanationOfNow()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        await ScheduleAsync(host, "r1");
        DecisionAnswer answer = await GetAsync(admin, "/admin/decisions/0", AdminJsonContext.Default.DecisionAnswer);
        ExplainedRole role = Assert.Single(answer.Now);
        Assert.Equal(("r1", "placed", answer.Decision.InstanceId), (answer.Decision.RequestId, role.Outcome, role.InstanceId));
        Assert.Equal(5, Assert.Single(role.Candidates).Metrics["num_tokens"]);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("/admin/decisions/1", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("/admin/decisions/x", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Targets_CountRequestsAndFirstTokens()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        await ScheduleAsync(host, "r1");
        await ScheduleAsync(host, "refused", "pd_batch");
        using var gateway = new HttpClient { BaseAddress = host.Address };
        string report = $$"""[{"kind":"prefill_done","id":"r1","instance_id":"{{host.LiteModeSnapshot().Instances[0].Description.Id}}","num_tokens":6}]""";
        await gateway.PostAsync("/report", new StringContent(report, Encoding.UTF8, "application/json"), Cancellation);
        DecisionsAnswer found = await GetAsync(admin, "/admin/decisions?request_id=r1", AdminJsonContext.Default.DecisionsAnswer);
        TargetsAnswer targets = await GetAsync(admin, "/admin/targets", AdminJsonContext.Default.TargetsAnswer);
        Assert.Equal(2, targets.Intervals.Sum(interval => interval.Requests));
        Assert.Equal(1, targets.Intervals.Sum(interval => interval.Placed));
        Assert.Equal(1, targets.Intervals.Sum(interval => interval.Refused.GetValueOrDefault("endpoint_not_found")));
        Assert.NotNull(found.Decisions[0].ObservedTtftMs);
        Assert.Equal(1, targets.Intervals.Sum(interval => interval.ObservedTtft?.Count ?? 0));
    }

    [Theory]
    [InlineData("/admin/fleet?x=1", "unknown parameter \"x\"; this path takes none")]
    [InlineData("/admin/fleet/history?instanc=a", "unknown parameter \"instanc\"; known are instance")]
    [InlineData("/admin/decisions?request=r1", "unknown parameter \"request\"; known are limit, before, request_id, instance, outcome")]
    [InlineData("/admin/decisions?outcome=refused", "outcome must be one of placed, endpoint_not_found, ")]
    [InlineData("/admin/migrations?limit=1", "this path takes none")]
    [InlineData("/admin/targets?limit=1", "this path takes none")]
    [InlineData("/admin/settings?all", "this path takes none")]
    [InlineData("/admin/events?since=1", "this path takes none")]
    public async Task Get_UnknownParameter_Is400ThatNamesTheKnownOnes(string path, string message)
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        using HttpResponseMessage answer = await admin.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_EverythingAtFirstAndThenChanges()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        await ScheduleAsync(host, "before");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        using Stream stream = await admin.GetStreamAsync("/admin/events", limit.Token);
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(stream).EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(Read(await NextAsync("status"), AdminJsonContext.Default.StatusEvent).IsReady);
        FleetInstance instance = Assert.Single(Read(await NextAsync("fleet"), AdminJsonContext.Default.FleetAnswer).Instances);
        Assert.Equal(1, instance.InFlight);
        Assert.Equal("before", Assert.Single(Read(await NextAsync("decisions"), AdminJsonContext.Default.DecisionsEvent).Decisions).RequestId);
        await NextAsync("migrations");
        await NextAsync("targets");
        await ScheduleAsync(host, "after");
        double? inFlight = null;
        string? decided = null;
        while (inFlight is null || decided is null)
        {
            Assert.True(await events.MoveNextAsync());
            (string name, string data) = (events.Current.EventType, events.Current.Data);
            inFlight ??= name == "fleet_delta" ? Read(data, AdminJsonContext.Default.FleetDelta).Rows.FirstOrDefault(row => row[0] == instance.Index)?[8] : null;
            decided ??= name == "decisions" ? Read(data, AdminJsonContext.Default.DecisionsEvent).Decisions.Single().RequestId : null;
        }

        Assert.Equal((2.0, "after"), (inFlight, decided));

        async Task<string> NextAsync(string name)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(name, events.Current.EventType);
            return events.Current.Data;
        }
    }

    [Fact]
    public async Task Events_MoreClientsThanAllowed_AreRefusedUntilOneLeaves()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        var streams = new List<HttpResponseMessage>();
        for (int i = 0; i < 16; i++)
        {
            streams.Add(await OpenAsync());
        }

        Assert.All(streams, stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await OpenAsync()).StatusCode);
        streams[0].Dispose();
        await Eventually.TrueAsync(async () =>
        {
            HttpResponseMessage again = await OpenAsync();
            streams.Add(again);
            return again.StatusCode == HttpStatusCode.OK;
        });
        streams.ForEach(stream => stream.Dispose());

        Task<HttpResponseMessage> OpenAsync() => admin.GetAsync("/admin/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    [Fact]
    public async Task Settings_TellOptionsWithTheirSource_AndHideSecrets()
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [
                "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=10.0.0.1:8000", "--host=127.0.0.1", "--port=0",
                "--enable-console", "--console-port=0", "--console-token=very-secret",
            ],
            SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        await using SchedulerHost host = SchedulerHost.Build(parsed.Options, parsed: parsed);
        await host.StartAsync(Cancellation);
        using HttpClient admin = Admin(host, "very-secret");
        string text = await admin.GetStringAsync("/admin/settings", Cancellation);
        Assert.DoesNotContain("very-secret", text, StringComparison.Ordinal);
        SettingsAnswer settings = Read(text, AdminJsonContext.Default.SettingsAnswer);
        Assert.Equal(("scheduler", false), (settings.Program, settings.IsOperator));
        Assert.Equal(("***", "--console-token"), settings.Options.Where(o => o.Flag == "console-token").Select(o => (o.Value, o.Source)).Single());
        Assert.Equal(("10000", true, "default"), settings.Options.Where(o => o.Flag == "decision-history").Select(o => (o.Value, o.IsDefault, o.Source)).Single());
    }

    [Fact]
    public async Task Drain_ReadersSeeIt_OperatorsOrderIt()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console with { Token = new Secret("reader"), OperatorToken = new Secret("operator") });
        string id = host.LiteModeSnapshot().Instances[0].Description.Id;
        using HttpClient reader = Admin(host, "reader");
        using HttpClient operators = Admin(host, "operator");
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync("/admin/drain", new { instance = id }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await operators.PostAsJsonAsync("/admin/drain", new { instance = id }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("/admin/drain", Cancellation)).StatusCode);
        FleetAnswer fleet = await GetAsync(reader, "/admin/fleet", AdminJsonContext.Default.FleetAnswer);
        Assert.Equal(("draining", "it is being drained"), (fleet.Instances[0].Health, fleet.Instances[0].HealthReason));
        MigrationsAnswer migrations = await GetAsync(reader, "/admin/migrations", AdminJsonContext.Default.MigrationsAnswer);
        Assert.Equal(("instance", id), migrations.Drains.Select(drain => (drain.Scope, drain.InstanceId)).Single());
        Assert.False(migrations.IsEnabled);
        Assert.True((await GetAsync(operators, "/admin/settings", AdminJsonContext.Default.SettingsAnswer)).IsOperator);
    }

    [Theory]
    [InlineData("PUT", "/admin/drain")]
    [InlineData("PATCH", "/admin/drain")]
    [InlineData("OPTIONS", "/admin/drain")]
    [InlineData("HEAD", "/admin/drain")]
    [InlineData("PUT", "/admin/what-if")]
    [InlineData("OPTIONS", "/admin/what-if")]
    public async Task Access_MethodThatThePathDoesNotHave_Is405WithoutTheOperatorToken(string method, string path)
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console with { OperatorToken = new Secret("operator") });
        using HttpClient admin = Admin(host);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage refused = await admin.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
        Assert.Equal(["GET", "POST", "DELETE"], refused.Content.Headers.Allow);
        using HttpResponseMessage forbidden = await admin.DeleteAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    [Fact]
    public async Task Access_WithoutToken_ForThisMachineByALoopbackAddress()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/admin/fleet");
        foreign.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.SendAsync(foreign, Cancellation)).StatusCode);
        using var proxied = new HttpRequestMessage(HttpMethod.Get, "/admin/events");
        proxied.Headers.Add("X-Forwarded-For", "127.0.0.1");
        using HttpResponseMessage refused = await admin.SendAsync(proxied, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("no proxy", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PostAsJsonAsync("/admin/drain", new { instance = "a" }, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Access_TheServiceTokenIsAskedForToo()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(service => service with { Token = new Secret("service") }, console: Console);
        using HttpClient nobody = Admin(host);
        using HttpClient holder = Admin(host, "service");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/admin/fleet", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await holder.GetAsync("/admin/fleet", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task OtherPorts_HaveNoAdminApi()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using var service = new HttpClient { BaseAddress = host.Address };
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync("/admin/fleet", Cancellation)).StatusCode);
        using HttpClient admin = Admin(host);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("/schedule", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await admin.DeleteAsync("/admin/fleet", Cancellation)).StatusCode);
        await using SchedulerHost without = await LiteHost.StartAsync();
        Assert.Null(without.ConsoleAddress);
    }

    private static HttpClient Admin(SchedulerHost host, string? token = null)
    {
        var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return client;
    }

    private static async Task ScheduleAsync(SchedulerHost host, string id, string mode = "neutral")
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        await client.PostAsync(
            "/schedule",
            new StringContent($$"""{"id":"{{id}}","scheduling_mode":"{{mode}}","prompt_num_tokens":5}""", Encoding.UTF8, "application/json"),
            Cancellation);
    }

    private static async Task<T> GetAsync<T>(HttpClient client, string path, JsonTypeInfo<T> type) => Read(await client.GetStringAsync(path, Cancellation), type);

    private static T Read<T>(string json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(json, type)!;
}
