using Llumnix.Cli.Load;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Load;

public sealed class KvtBatchExchangeTests
{
    [Fact]
    public async Task RunAsync_OneRequest_GoesToTheDecodeInstanceWithTheOthersAddress()
    {
        FakeScheduler? seen = null;
        int released = -1;
        await using FakeEngine prefill = await FakeEngine.StartAsync();
        await using FakeEngine decode = await FakeEngine.StartAsync(async (response, body) =>
        {
            await response.WriteAsync("data: {\"choices\":[{\"text\":\" a\"}]}\n\n");
            await response.Body.FlushAsync();
            await Eventually.TrueAsync(() => !seen!.Releases.IsEmpty);
            released = seen!.Releases.Count;
            await FakeEngine.StreamAsync(response, body);
        });
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("prefill", prefill.Url), ("decode", decode.Url));
        seen = scheduler;

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1, promptTokens: 800, outputTokens: 9), SchedulingMode.PdBatch, isKvt: true);

        Assert.Equal((1, 9), (result.Completed, result.OutputTokens));
        Assert.Equal(
            $$$"""{"model":"default","prompt":"","prompt_num_tokens":800,"max_tokens":9,"stream":true,"kv_transfer_params":{"remote_host":"127.0.0.1","remote_port":{{{prefill.Url.Port}}}}}""",
            (await decode.NextAsync()).Body.GetRawText());
        Assert.Equal(1, released);
        Assert.Equal(["prefill", "decode"], scheduler.Releases.Select(release => release.GetProperty("scheduling_result")[0].GetProperty("infer_type").GetString()));
    }

    [Fact]
    public async Task RunAsync_EngineFails_ReleasesBothOnce()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync((response, _) =>
        {
            response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("prefill", engine.Url), ("decode", engine.Url));
        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1), SchedulingMode.PdBatch, isKvt: true);
        Assert.Equal(1, result.Failures[FailureKind.EngineError]);
        Assert.Equal(2, scheduler.Releases.Count);
    }

    [Fact]
    public async Task RunAsync_NoDecodeInstance_CountsAsNotReady()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("prefill", engine.Url));
        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1), SchedulingMode.PdBatch, isKvt: true);
        Assert.Equal(1, result.Failures[FailureKind.SchedulerNotReady]);
        Assert.Single(scheduler.Releases);
    }
}
