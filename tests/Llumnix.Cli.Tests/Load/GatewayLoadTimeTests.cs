using System.Text.Json;
using Llumnix.Cli.Load;
using Llumnix.Simulation.Workloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Load;

/// <summary>When requests are sent, what is measured, and when a request or the whole load ends.</summary>
public sealed class GatewayLoadTimeTests
{
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
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.HangAsync);
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
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.HangAsync);
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
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.HangAsync);
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
            await FakeEngine.HangAsync(response, body);
        });
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));

        Assert.Equal(1, (await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1))).Completed);
    }
}
