using System.Text.Json;
using Llumnix.Cli.Load;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Workloads;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Load;

/// <summary>What the gateway of lite mode tells the scheduler beside its requests.</summary>
public sealed class LiteModeLoadTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task PlayAsync_LiteMode_TheGatewaysIdIsItsEndOfTheKeepAliveConnection()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));
        await PlayAsync(scheduler, LoadRun.AtOnce(2));
        JsonElement gateway = Assert.Single(scheduler.Gateways);
        string id = $"{gateway.GetProperty("host").GetString()}:{gateway.GetProperty("port").GetInt32()}";
        Assert.Equal(Assert.Single(scheduler.GatewayAddresses), id);
        Assert.Equal([id, id], scheduler.Schedules.Select(body => body.GetProperty("gateway_id").GetString()));
    }

    [Fact]
    public async Task PlayAsync_TokensStream_AreReportedAsTheyComeUntilTheRelease()
    {
        FakeScheduler? scheduler = null;
        await using FakeEngine engine = await FakeEngine.StartAsync(async (response, _) =>
        {
            await WaitForRowsAsync(scheduler!, row => row.GetProperty("num_tokens").GetInt32() == 100);
            await WriteTokenAsync(response);
            await WaitForRowsAsync(scheduler!, row => row.GetProperty("num_tokens").GetInt32() == 101);
            await WriteTokenAsync(response);
            await WriteTokenAsync(response);
            await WaitForRowsAsync(scheduler!, row => row.GetProperty("num_tokens").GetInt32() == 103);
            await response.WriteAsync("data: [DONE]\n\n", Cancellation);
        });
        await using (scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url)))
        {
            await PlayAsync(scheduler, LoadRun.AtOnce(1, promptTokens: 100, outputTokens: 3));
            List<JsonElement> rows = [.. scheduler.Reports];
            string id = Assert.Single(scheduler.Schedules).GetProperty("id").GetString()!;
            Assert.All(rows, row => Assert.Equal((id, "neutral-1", "neutral"), (
                row.GetProperty("id").GetString(), row.GetProperty("instance_id").GetString(), row.GetProperty("infer_type").GetString())));
            Assert.Equal(rows.Select(Tokens).Order(), rows.Select(Tokens));
            JsonElement done = Assert.Single(rows, row => row.GetProperty("kind").GetString() == "prefill_done");
            Assert.Equal(101, Tokens(done));
            Assert.All(rows.Where(row => Tokens(row) > 101), row => Assert.Equal("state_update", row.GetProperty("kind").GetString()));
            Assert.Single(scheduler.Releases);
        }
    }

    [Fact]
    public async Task PlayAsync_Disaggregated_TheDecodeInstanceIsReported()
    {
        FakeScheduler? scheduler = null;
        await using FakeEngine prefill = await FakeEngine.StartAsync((response, _) => response.WriteAsync("""{"kv_transfer_params":{"x":1}}"""));
        await using FakeEngine decode = await FakeEngine.StartAsync(async (response, body) =>
        {
            await WriteTokenAsync(response);
            await WaitForRowsAsync(scheduler!, row => row.GetProperty("kind").GetString() == "prefill_done");
            await response.WriteAsync("data: [DONE]\n\n", Cancellation);
        });
        await using (scheduler = await FakeScheduler.StartAsync(("prefill", prefill.Url), ("decode", decode.Url)))
        {
            await PlayAsync(scheduler, LoadRun.AtOnce(1), SchedulingMode.PdBatch);
            JsonElement done = Assert.Single(scheduler.Reports, row => row.GetProperty("kind").GetString() == "prefill_done");
            Assert.Equal("decode-1", done.GetProperty("instance_id").GetString());
        }
    }

    [Fact]
    public async Task PlayAsync_ConnectionBroken_AnotherOneUnderAnotherId()
    {
        FakeScheduler? scheduler = null;
        await using FakeEngine engine = await FakeEngine.StartAsync(async (response, body) =>
        {
            scheduler!.Break.TrySetResult();
            await Eventually.TrueAsync(() => scheduler.Gateways.Count == 2);
            await FakeEngine.StreamAsync(response, body);
        });
        await using (scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url)))
        {
            await PlayAsync(scheduler, LoadRun.AtOnce(1));
            Assert.Equal(2, scheduler.GatewayAddresses.Distinct().Count());
        }
    }

    [Fact]
    public async Task PlayAsync_FullMode_NothingIsReported()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));
        await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(3));
        Assert.Empty(scheduler.Reports);
        Assert.Empty(scheduler.Gateways);
    }

    private static int Tokens(JsonElement row) => row.GetProperty("num_tokens").GetInt32();

    private static Task PlayAsync(
        FakeScheduler scheduler, IReadOnlyList<RequestArrival> arrivals, SchedulingMode mode = SchedulingMode.Neutral) => LoadRun.PlayAsync(
        new(scheduler.Url) { IsLiteMode = true, Mode = mode, ReportInterval = TimeSpan.FromMilliseconds(40) },
        arrivals,
        new LoadStatistics(TimeProvider.System),
        TimeProvider.System,
        Cancellation);

    private static async Task WriteTokenAsync(HttpResponse response)
    {
        await response.WriteAsync("data: {\"choices\":[{\"text\":\" a\"}]}\n\n", Cancellation);
        await response.Body.FlushAsync(Cancellation);
    }

    private static Task WaitForRowsAsync(FakeScheduler scheduler, Func<JsonElement, bool> condition) =>
        Eventually.TrueAsync(() => scheduler.Reports.Any(condition));
}
