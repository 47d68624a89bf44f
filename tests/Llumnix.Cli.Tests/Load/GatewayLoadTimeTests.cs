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
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync();
        IReadOnlyList<RequestArrival> arrivals = [new(TimeSpan.Zero, 1, 1), new(TimeSpan.FromSeconds(1), 2, 1), new(TimeSpan.FromSeconds(3), 3, 1)];

        Task<LoadResult> playing = LoadRun.PlayAsync(gateway.Url, arrivals, time: time);
        Assert.Equal(1, (await gateway.NextAsync()).Body.GetProperty("prompt").GetArrayLength());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await gateway.NextAsync()).Body.GetProperty("prompt").GetArrayLength());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, gateway.Unseen);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(3, (await playing).Completed);
    }

    [Fact]
    public async Task PlayAsync_SlowFirstToken_MeasuresItFromDue()
    {
        var time = new FakeTimeProvider();
        var release = new TaskCompletionSource();
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync(async (response, body) =>
        {
            await release.Task;
            await FakeCompletionServer.StreamAsync(response, body);
        });

        Task<LoadResult> playing = LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(1), time: time);
        await gateway.NextAsync();
        time.Advance(TimeSpan.FromMilliseconds(250));
        release.SetResult();
        LoadResult result = await playing;

        Assert.Equal((TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250)), (result.Ttft.P50, result.EndToEnd.P99));
        Assert.Equal(TimeSpan.Zero, result.Tpot.Mean);
    }

    [Fact]
    public async Task PlayAsync_OpenAfterTheDrain_IsCutOff()
    {
        var time = new FakeTimeProvider();
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync(FakeCompletionServer.HangAsync);
        var statistics = new LoadStatistics(time);

        Task playing = LoadRun.PlayAsync(
            new(gateway.Url) { Drain = TimeSpan.FromSeconds(20) }, LoadRun.AtOnce(1), statistics, time, TestContext.Current.CancellationToken);
        await gateway.NextAsync();
        time.Advance(TimeSpan.FromSeconds(20));
        await playing;

        LoadResult result = statistics.ToResult();
        Assert.Equal((1, 1, 0, 0), (result.CutOff, result.CutOffBeforeFirstToken, result.Failed, result.Completed));
        Assert.Equal((1, TimeSpan.FromSeconds(20)), (result.Ttft.Count, result.Ttft.P99));
    }

    [Fact]
    public async Task PlayAsync_RequestTimeout_CountsAsTimeout()
    {
        var time = new FakeTimeProvider();
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync(FakeCompletionServer.HangAsync);
        var statistics = new LoadStatistics(time);

        Task playing = LoadRun.PlayAsync(
            new(gateway.Url) { RequestTimeout = TimeSpan.FromSeconds(10) }, LoadRun.AtOnce(1), statistics, time, TestContext.Current.CancellationToken);
        await gateway.NextAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        await playing;

        Assert.Equal(1, statistics.ToResult().Failures[FailureKind.Timeout]);
    }

    [Fact]
    public async Task PlayAsync_Cancelled_EndsWithTheResultSoFar()
    {
        using var stop = new CancellationTokenSource();
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync(FakeCompletionServer.HangAsync);
        var statistics = new LoadStatistics(TimeProvider.System);
        IReadOnlyList<RequestArrival> arrivals = [new(TimeSpan.Zero, 1, 1), new(TimeSpan.FromDays(60), 2, 1)];

        Task playing = LoadRun.PlayAsync(new(gateway.Url), arrivals, statistics, TimeProvider.System, stop.Token);
        await gateway.NextAsync();
        await stop.CancelAsync();
        await playing;

        LoadResult result = statistics.ToResult();
        Assert.Equal((1, 1), (result.Sent, result.CutOff));
    }

    /// <summary>The client has all it needs: it does not wait for the connection's end.</summary>
    [Fact]
    public async Task PlayAsync_ConnectionStaysOpenAfterTheEnd_IsComplete()
    {
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync(async (response, body) =>
        {
            await FakeCompletionServer.StreamAsync(response, body);
            await response.Body.FlushAsync();
            await FakeCompletionServer.HangAsync(response, body);
        });

        Assert.Equal(1, (await LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(1))).Completed);
    }
}
