using System.Text.Json;
using Llumnix.Cli.Load;
using Llumnix.Simulation.Workloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Load;

public sealed class GatewayLoadTests
{
    [Fact]
    public async Task PlayAsync_OneRequest_SpeaksAsAGatewayDoes()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));

        await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1, promptTokens: 1020, outputTokens: 129));

        JsonElement schedule = Assert.Single(scheduler.Schedules);
        (string id, JsonElement completion) = await engine.NextAsync();
        Assert.Equal(schedule.GetProperty("id").GetString(), id);
        Assert.Equal(
            $$"""{"id":"{{id}}","model":"default","gateway_id":"load-generator","scheduling_mode":"neutral","scheduling_stage":"","prompt_num_tokens":1020,"prompt_token_ids":null,"scheduling_result":null}""",
            schedule.GetRawText());
        Assert.Equal(
            """{"model":"default","prompt":"","prompt_num_tokens":1020,"max_tokens":129,"stream":true}""",
            completion.GetRawText());
        JsonElement release = Assert.Single(scheduler.Releases);
        Assert.Equal(id, release.GetProperty("id").GetString());
        JsonElement released = Assert.Single(release.GetProperty("scheduling_result").EnumerateArray());
        Assert.Equal(("neutral-1", 7), (released.GetProperty("id").GetString(), released.GetProperty("version").GetInt32()));
        Assert.Equal(engine.Url.Port, released.GetProperty("endpoint").GetProperty("port").GetInt32());
    }

    [Fact]
    public async Task PlayAsync_ManyRequests_CountsThemAndTheirTokens()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(50, outputTokens: 7));

        Assert.Equal((50, 50, 0, 0, 350), (result.Sent, result.Completed, result.Failed, result.CutOff, result.OutputTokens));
        Assert.Equal((50, 50, 50), (result.Ttft.Count, result.Tpot.Count, result.EndToEnd.Count));
        Assert.Equal(50, result.RequestsPerInstance[engine.Url.Authority]);
        Assert.Equal(50, scheduler.Schedules.Select(message => message.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(50, scheduler.Releases.Count);
    }

    [Theory]
    [InlineData(429, FailureKind.NoAvailableEndpoint)]
    [InlineData(404, FailureKind.EndpointNotFound)]
    [InlineData(503, FailureKind.SchedulerNotReady)]
    [InlineData(500, FailureKind.SchedulerNotReady)]
    public async Task PlayAsync_RefusedByTheScheduler_CountsTheKindAndReleasesNothing(int status, object kind)
    {
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(_ => (status, ""));

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(3));

        Assert.Equal(3, result.Failures[(FailureKind)kind]);
        Assert.Equal((3, 0), (result.Failed, result.Completed));
        Assert.Empty(scheduler.Releases);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("""[{"endpoint":null}]""")]
    [InlineData("""[{"endpoint":{"host":"127.0.0.1","port":70000}}]""")]
    [InlineData("""[{"endpoint":{"port":80}}]""")]
    [InlineData("{")]
    public async Task PlayAsync_SenselessSchedulingResult_CountsAsNotReady(string schedulingResult)
    {
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(_ => (200, schedulingResult));

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1));

        Assert.Equal(1, result.Failures[FailureKind.SchedulerNotReady]);
    }

    [Fact]
    public async Task PlayAsync_NobodyAtTheAddress_CountsAsConnection()
    {
        FakeScheduler scheduler = await FakeScheduler.StartAsync(_ => (200, "[]"));
        Uri url = scheduler.Url;
        await scheduler.DisposeAsync();

        LoadResult result = await LoadRun.PlayAsync(url, LoadRun.AtOnce(1));

        Assert.Equal(1, result.Failures[FailureKind.Connection]);
    }

    public static TheoryData<string, object> EngineFaults => new()
    {
        { "error", FailureKind.EngineError },
        { "no tokens", FailureKind.EngineError },
        { "error event", FailureKind.EngineError },
        { "error event of another shape", FailureKind.EngineError },
        { "aborted", FailureKind.EngineError },
        { "no JSON", FailureKind.EngineError },
        { "endless event", FailureKind.EngineError },
        { "redirect to itself", FailureKind.EngineError },
        { "no end", FailureKind.Connection },
        { "abort", FailureKind.Connection },
    };

    [Theory]
    [MemberData(nameof(EngineFaults))]
    public async Task PlayAsync_EngineFails_CountsTheKindAndReleases(string fault, object kind)
    {
        await using FakeEngine engine = await FakeEngine.StartAsync((response, _) => FailAsync(response, fault));
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1));

        Assert.Equal(1, result.Failures[(FailureKind)kind]);
        Assert.Equal((1, 0), (result.Failed, result.Completed));
        Assert.Single(scheduler.Releases);
    }

    [Fact]
    public async Task PlayAsync_LaterArrivals_AreSentWhenTheyAreDue()
    {
        var time = new FakeTimeProvider();
        await using FakeEngine engine = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));
        IReadOnlyList<RequestArrival> arrivals = [new(TimeSpan.Zero, 1, 1), new(TimeSpan.FromSeconds(1), 2, 1), new(TimeSpan.FromSeconds(3), 3, 1)];

        Task<LoadResult> playing = LoadRun.PlayAsync(scheduler.Url, arrivals, time: time);
        Assert.Equal(1, (await engine.NextAsync()).Body.GetProperty("prompt_num_tokens").GetInt32());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await engine.NextAsync()).Body.GetProperty("prompt_num_tokens").GetInt32());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, scheduler.Schedules.Count);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(3, (await playing).Completed);
    }

    [Fact]
    public async Task PlayAsync_SlowFirstToken_MeasuresItFromDue()
    {
        var time = new FakeTimeProvider();
        var release = new TaskCompletionSource();
        await using FakeEngine engine = await FakeEngine.StartAsync(async (response, body) =>
        {
            await release.Task;
            await FakeEngine.StreamAsync(response, body);
        });
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));

        Task<LoadResult> playing = LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1), time: time);
        await engine.NextAsync();
        time.Advance(TimeSpan.FromMilliseconds(250));
        release.SetResult();
        LoadResult result = await playing;

        Assert.Equal((TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250)), (result.Ttft.P50, result.EndToEnd.P99));
        Assert.Equal(TimeSpan.Zero, result.Tpot.Mean);
    }

    [Fact]
    public async Task PlayAsync_OpenAfterTheDrain_IsCutOffAndReleased()
    {
        var time = new FakeTimeProvider();
        await using FakeEngine engine = await FakeEngine.StartAsync(HangAsync);
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));
        var statistics = new LoadStatistics(time);

        Task playing = LoadRun.PlayAsync(
            new(scheduler.Url) { Drain = TimeSpan.FromSeconds(20) }, LoadRun.AtOnce(1), statistics, time, TestContext.Current.CancellationToken);
        await engine.NextAsync();
        time.Advance(TimeSpan.FromSeconds(20));
        await playing;

        LoadResult result = statistics.ToResult();
        Assert.Equal((1, 1, 0, 0), (result.CutOff, result.CutOffBeforeFirstToken, result.Failed, result.Completed));
        Assert.Equal((1, TimeSpan.FromSeconds(20)), (result.Ttft.Count, result.Ttft.P99));
        Assert.Single(scheduler.Releases);
    }

    [Fact]
    public async Task PlayAsync_RequestTimeout_CountsAsTimeoutAndReleases()
    {
        var time = new FakeTimeProvider();
        await using FakeEngine engine = await FakeEngine.StartAsync(HangAsync);
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));
        var statistics = new LoadStatistics(time);

        Task playing = LoadRun.PlayAsync(
            new(scheduler.Url) { RequestTimeout = TimeSpan.FromSeconds(10) }, LoadRun.AtOnce(1), statistics, time, TestContext.Current.CancellationToken);
        await engine.NextAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        await playing;

        Assert.Equal(1, statistics.ToResult().Failures[FailureKind.Timeout]);
        Assert.Single(scheduler.Releases);
    }

    [Fact]
    public async Task PlayAsync_Cancelled_EndsWithTheResultSoFar()
    {
        using var stop = new CancellationTokenSource();
        await using FakeEngine engine = await FakeEngine.StartAsync(HangAsync);
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));
        var statistics = new LoadStatistics(TimeProvider.System);
        IReadOnlyList<RequestArrival> arrivals = [new(TimeSpan.Zero, 1, 1), new(TimeSpan.FromDays(60), 2, 1)];

        Task playing = LoadRun.PlayAsync(new(scheduler.Url), arrivals, statistics, TimeProvider.System, stop.Token);
        await engine.NextAsync();
        await stop.CancelAsync();
        await playing;

        LoadResult result = statistics.ToResult();
        Assert.Equal((1, 1), (result.Sent, result.CutOff));
        Assert.Single(scheduler.Releases);
    }

    /// <summary>The client has all it needs: it does not wait for the connection's end.</summary>
    [Fact]
    public async Task PlayAsync_ConnectionStaysOpenAfterTheEnd_IsComplete()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(async (response, body) =>
        {
            await FakeEngine.StreamAsync(response, body);
            await response.Body.FlushAsync();
            await HangAsync(response, body);
        });
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));

        Assert.Equal(1, (await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1))).Completed);
    }

    /// <summary>Role-first chunks have no token; speculative decoding and stream intervals send several in one.</summary>
    [Fact]
    public async Task PlayAsync_EventsAndTokensDiffer_CountsTokensByUsage()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync((response, _) => response.WriteAsync(
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\" a\"}}]}\n\n"
            + "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\" b c d\"},\"finish_reason\":\"length\"}]}\n\ndata: {\"choices\":[],\"usage\":{\"completion_tokens\":6}}\n\ndata: [DONE]\n\n"));
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1, outputTokens: 8));

        Assert.Equal((1, 6), (result.Completed, result.OutputTokens));
    }

    [Fact]
    public async Task PlayAsync_OversizedSchedulerAnswer_CountsAsNotReady()
    {
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(_ => (200, $"[\"{new string('x', 2 << 20)}\"]"));

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1));

        Assert.Equal(1, result.Failures[FailureKind.SchedulerNotReady]);
    }

    private static async Task WriteEndlesslyAsync(HttpResponse response)
    {
        byte[] piece = new byte[65536];
        Array.Fill(piece, (byte)'x');
        await response.WriteAsync("data: {\"choices\":[{\"text\":\"");
        try
        {
            // Longer than anybody should keep, and with an end only so that a client that does is seen to.
            for (int i = 0; i < 1024; i++)
            {
                await response.Body.WriteAsync(piece, response.HttpContext.RequestAborted);
            }

            await response.WriteAsync("\"}]}\n\ndata: [DONE]\n\n");
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static Task HangAsync(HttpResponse response, JsonElement body) =>
        Task.Delay(Timeout.InfiniteTimeSpan, response.HttpContext.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    private static async Task FailAsync(HttpResponse response, string fault)
    {
        switch (fault)
        {
            case "error":
                response.StatusCode = 500;
                break;
            case "no tokens":
                await response.WriteAsync("data: [DONE]\n\n");
                break;
            case "error event":
                await response.WriteAsync("data: {\"choices\":[{\"text\":\" a\"}]}\n\ndata: {\"error\":{\"message\":\"out of memory\"}}\n\ndata: [DONE]\n\n");
                break;
            case "error event of another shape":
                await response.WriteAsync("data: {\"choices\":[{\"text\":\" a\"}]}\n\nevent: error\ndata: {\"object\":\"error\",\"message\":\"out of memory\"}\n\ndata: [DONE]\n\n");
                break;
            case "aborted":
                await response.WriteAsync("data: {\"choices\":[{\"text\":\" a\",\"finish_reason\":\"abort\"}]}\n\ndata: [DONE]\n\n");
                break;
            case "no JSON":
                await response.WriteAsync("data: <html>\n\ndata: [DONE]\n\n");
                break;
            case "endless event":
                await WriteEndlesslyAsync(response);
                break;
            case "redirect to itself":
                response.StatusCode = 307;
                response.Headers.Location = "/v1/completions";
                break;
            case "no end":
                await response.WriteAsync("data: {}\n\n");
                break;
            default:
                await response.WriteAsync("data: {}\n\n");
                await response.Body.FlushAsync();
                response.HttpContext.Abort();
                break;
        }
    }
}
