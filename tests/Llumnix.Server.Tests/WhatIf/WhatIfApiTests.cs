using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Llumnix.Adapters.Secrets;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Server.WhatIf;
using Llumnix.Testing.Polling;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Server.Tests.WhatIf;

/// <summary><c>/admin/what-if</c> of a real scheduler of lite mode with one instance.</summary>
public sealed class WhatIfApiTests
{
    private const string RoundRobin = """{"overrides":{"scheduling-policy":"round-robin"},"minutes":1,"seeds":2,"ttft_ms":1000}""";
    private static readonly ConsoleOptions Console = new() { IsEnabled = true, Port = 0, DecisionHistory = 100 };
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_IsPlayedBesideTheScheduler()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        WhatIfAnswer before = await GetAsync(admin);
        Assert.Equal(("", true, null), (before.WhyNot, before.MayRun, before.Run));
        Assert.Equal("8192.0", before.Flags.Single(static flag => flag.Flag == "dispatch-neutral-load-threshold").Value);
        Assert.Equal(["load-balance", "round-robin"], before.Flags.Single(static flag => flag.Flag == "scheduling-policy").Values.Order());
        Assert.DoesNotContain(before.Flags, static flag => flag.Flag == "ttft-slo");
        HttpResponseMessage nothing = await PostAsync(admin, RoundRobin);
        Assert.Equal((HttpStatusCode.Conflict, "no request has come in the last 1 min\n"), (nothing.StatusCode, await nothing.Content.ReadAsStringAsync(Cancellation)));

        using var gateway = new HttpClient { BaseAddress = host.Address };
        await gateway.PostAsync("/schedule", new StringContent(LiteHost.Request, Encoding.UTF8, "application/json"), Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(admin, RoundRobin)).StatusCode);
        WhatIfRun? run = null;
        await Eventually.TrueAsync(async () => (run = (await GetAsync(admin)).Run)?.State != "running");
        Assert.Equal(("done", 1L, 1.0, "", "round-robin"), (run!.State, run.Number, run.Progress, run.Error, run.Overrides["scheduling-policy"]));
        Assert.Equal((1, 1, 2, 1000), (run.Result!.Input.Requests, run.Result.Input.Engines, run.Result.Input.Seeds, run.Result.Input.TtftMs));
    }

    [Theory]
    [InlineData("nonsense", "the body must be a JSON object of overrides, minutes, seeds, ttft_ms and tpot_ms, all but overrides as numbers")]
    [InlineData("""{"overrides":{"scheduling-policy":"round-robin"},"minuts":5}""", "(at $.minuts)")]
    [InlineData("""{"minutes":5}""", "overrides must name an option that would be different")]
    [InlineData("""{"overrides":{"port":"1"}}""", "overrides: 'port' is none of scheduling-policy, ")]
    [InlineData("""{"overrides":{"dispatch-top-k":[1]}}""", "overrides: dispatch-top-k must be a text, a number or a boolean")]
    [InlineData("""{"overrides":{"dispatch-top-k":2},"minutes":0}""", "minutes must be above 0 and at most 60")]
    [InlineData("""{"overrides":{"dispatch-top-k":2},"seeds":11}""", "seeds must be from 1 to 10")]
    [InlineData("""{"overrides":{"dispatch-top-k":2},"tpot_ms":-1}""", "tpot_ms must be above 0")]
    public async Task Unusable_IsRefusedWithTheReason(string body, string expected)
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        HttpResponseMessage answer = await PostAsync(admin, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        string error = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherBodies_AreRefused()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await admin.PostAsync("/admin/what-if", new StringContent(RoundRobin, Encoding.UTF8, "text/plain"), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(admin, new string(' ', 20_000) + RoundRobin)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await admin.PutAsync("/admin/what-if", new StringContent(""), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.DeleteAsync("/admin/what-if", Cancellation)).StatusCode);
    }

    /// <summary>A body is read as it is: one that is told to be compressed is refused, as by <c>/debug/explain</c> on the same port.</summary>
    [Theory]
    [InlineData("gzip", HttpStatusCode.UnsupportedMediaType, "a body with a Content-Encoding is not read: send it as it is\n")]
    [InlineData("identity", HttpStatusCode.Conflict, "no request has come in the last 1 min\n")]
    public async Task EncodedBody_IsRefused(string encoding, HttpStatusCode status, string text)
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console);
        using HttpClient admin = Admin(host);
        using var body = new StringContent(RoundRobin, Encoding.UTF8, "application/json");
        body.Headers.ContentEncoding.Add(encoding);
        HttpResponseMessage answer = await admin.PostAsync("/admin/what-if", body, Cancellation);
        Assert.Equal((status, text), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation)));
    }

    [Fact]
    public async Task Access_ReadersLook_OperatorsRun()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console with { Token = new Secret("reader"), OperatorToken = new Secret("operator") });
        using HttpClient nobody = Admin(host);
        using HttpClient reader = Admin(host, "reader");
        using HttpClient operators = Admin(host, "operator");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/admin/what-if", Cancellation)).StatusCode);
        Assert.False((await GetAsync(reader)).MayRun);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(reader, RoundRobin)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.DeleteAsync("/admin/what-if", Cancellation)).StatusCode);
        Assert.True((await GetAsync(operators)).MayRun);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(operators, RoundRobin)).StatusCode);
    }

    /// <summary>Without an operator token a reader elsewhere, by a token, may look and not run: a simulation takes the processor.</summary>
    [Fact]
    public async Task Access_WithoutOperators_ForReadersOnThisMachine()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(console: Console with { Token = new Secret("reader") });
        using HttpClient nobody = Admin(host);
        using HttpClient reader = Admin(host, "reader");
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(nobody, RoundRobin)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(reader, RoundRobin)).StatusCode);
        reader.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.1");
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(reader, RoundRobin)).StatusCode);
        Assert.False((await GetAsync(reader)).MayRun);
    }

    [Fact]
    public async Task OneAtATime()
    {
        using var reached = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var scheduler = new RecordedScheduler();
        scheduler.Place("r");
        scheduler.Fleet = () =>
        {
            reached.Set();
            go.Wait(Cancellation);
            return RecordedScheduler.EnginesOf(1);
        };
        await using var runner = new WhatIfRunner(scheduler.ToSource(), () => scheduler.NowMs, TimeProvider.System, NullLogger.Instance);
        WhatIfQuestion question = JsonSerializer.Deserialize<WhatIfQuestion>("""{"Overrides":{"scheduling-policy":"flood"}}""")!;
        Task<(int, string)> first = Task.Run(() => runner.Start(question), Cancellation);
        reached.Wait(Cancellation);
        Assert.Equal(429, runner.Start(question).Status);
        go.Set();
        Assert.Equal((200, ""), await first);
        await Eventually.TrueAsync(() => runner.Current is { State: "done" });
        Assert.Equal((200, ""), runner.Start(question));
        runner.Cancel();
        await Eventually.TrueAsync(() => runner.Current is { Number: 2, State: not "running" });
    }

    private static HttpClient Admin(SchedulerHost host, string? token = null)
    {
        var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string body) =>
        client.PostAsync("/admin/what-if", new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

    private static async Task<WhatIfAnswer> GetAsync(HttpClient client) =>
        (await client.GetFromJsonAsync("/admin/what-if", AdminJsonContext.Default.WhatIfAnswer, Cancellation))!;
}
