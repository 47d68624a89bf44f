using System.Text.Json;
using Llumnix.Cli.Load;
using Llumnix.Scheduling.Requests;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Load;

public sealed class DisaggregatedExchangeTests
{
    private const string KvTransferParams = """{"do_remote_prefill":true,"remote_block_ids":[3,4]}""";

    [Theory]
    [InlineData(SchedulingMode.PdBatch)]
    [InlineData(SchedulingMode.PdStaged)]
    public async Task RunAsync_PrefillThenDecode_HandsTheKvCacheOver(SchedulingMode mode)
    {
        await using FakeEngine prefill = await FakeEngine.StartAsync(PrefillAsync);
        await using FakeEngine decode = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await StartSchedulerAsync(prefill, decode);

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1, promptTokens: 800, outputTokens: 9), mode);

        (string prefillId, JsonElement prefillBody) = await prefill.NextAsync();
        (string decodeId, JsonElement decodeBody) = await decode.NextAsync();
        Assert.Equal(prefillId, decodeId);
        Assert.Equal(
            """{"model":"default","prompt":"","prompt_num_tokens":800,"max_tokens":1,"stream":false,"kv_transfer_params":{"do_remote_decode":true}}""",
            prefillBody.GetRawText());
        Assert.Equal(
            $$"""{"model":"default","prompt":"","prompt_num_tokens":800,"max_tokens":9,"stream":true,"kv_transfer_params":{{KvTransferParams}}}""",
            decodeBody.GetRawText());
        Assert.Equal(["prefill", "decode"], ReleasedInferTypes(scheduler));
        Assert.Equal((1, 9, 2), (result.Completed, result.OutputTokens, result.RequestsPerInstance.Count));
    }

    [Fact]
    public async Task RunAsync_Staged_AsksForTheDecodeInstanceAfterThePrefillIsReleased()
    {
        int releasesBeforeDecode = -1;
        FakeScheduler? seen = null;
        await using FakeEngine prefill = await FakeEngine.StartAsync(PrefillAsync);
        await using FakeEngine decode = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(request =>
        {
            bool isDecode = Stage(request) == "decode";
            releasesBeforeDecode = isDecode ? seen!.Releases.Count : releasesBeforeDecode;
            return (200, isDecode ? FakeScheduler.Result(("decode", decode.Url)) : FakeScheduler.Result(("prefill", prefill.Url)));
        });
        seen = scheduler;

        await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1), SchedulingMode.PdStaged);

        Assert.Equal(["prefill", "decode"], scheduler.Schedules.Select(Stage));
        Assert.Equal(1, releasesBeforeDecode);
    }

    [Theory]
    [InlineData(SchedulingMode.PdBatch, 2)]
    [InlineData(SchedulingMode.PdStaged, 1)]
    public async Task RunAsync_PrefillFails_ReleasesAllThatWasGiven(SchedulingMode mode, int releases)
    {
        await using FakeEngine prefill = await FakeEngine.StartAsync((response, _) => response.WriteAsync("{}"));
        await using FakeEngine decode = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await StartSchedulerAsync(prefill, decode);

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1), mode);

        Assert.Equal(1, result.Failures[FailureKind.EngineError]);
        Assert.Equal(releases, scheduler.Releases.Count);
    }

    [Fact]
    public async Task RunAsync_PrefillAnswersTooMuch_CountsAsAnEngineError()
    {
        string filler = new('x', 2 << 20);
        await using FakeEngine prefill = await FakeEngine.StartAsync((response, _) => response.WriteAsync($$$"""{"filler":"{{{filler}}}","kv_transfer_params":{{{KvTransferParams}}}}"""));
        await using FakeEngine decode = await FakeEngine.StartAsync();
        await using FakeScheduler scheduler = await StartSchedulerAsync(prefill, decode);

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1), SchedulingMode.PdBatch);

        Assert.Equal(1, result.Failures[FailureKind.EngineError]);
        Assert.Equal(2, scheduler.Releases.Count);
    }

    [Fact]
    public async Task RunAsync_NoDecodeInstance_CountsTheKindAndReleasesThePrefillOnce()
    {
        await using FakeEngine prefill = await FakeEngine.StartAsync(PrefillAsync);
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(request =>
            Stage(request) == "decode" ? (429, "") : (200, FakeScheduler.Result(("prefill", prefill.Url))));

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1), SchedulingMode.PdStaged);

        Assert.Equal(1, result.Failures[FailureKind.NoAvailableEndpoint]);
        Assert.Equal(["prefill"], ReleasedInferTypes(scheduler));
    }

    [Fact]
    public async Task RunAsync_BatchAnswersOneInstanceOnly_CountsAsNotReadyAndReleasesIt()
    {
        await using FakeEngine prefill = await FakeEngine.StartAsync(PrefillAsync);
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("prefill", prefill.Url));

        LoadResult result = await LoadRun.PlayAsync(scheduler.Url, LoadRun.AtOnce(1), SchedulingMode.PdBatch);

        Assert.Equal(1, result.Failures[FailureKind.SchedulerNotReady]);
        Assert.Equal(["prefill"], ReleasedInferTypes(scheduler));
    }

    /// <summary>With pd_batch the decode instance comes first here, for clients find the two by infer type, not by place.</summary>
    private static Task<FakeScheduler> StartSchedulerAsync(FakeEngine prefill, FakeEngine decode) => FakeScheduler.StartAsync(request =>
        (200, Stage(request) switch
        {
            "prefill" => FakeScheduler.Result(("prefill", prefill.Url)),
            "decode" => FakeScheduler.Result(("decode", decode.Url)),
            _ => FakeScheduler.Result(("decode", decode.Url), ("prefill", prefill.Url)),
        }));

    private static Task PrefillAsync(HttpResponse response, JsonElement body) =>
        response.WriteAsync($$"""{"choices":[{"text":" a"}],"kv_transfer_params":{{KvTransferParams}}}""");

    private static string Stage(JsonElement request) => request.GetProperty("scheduling_stage").GetString()!;

    private static IEnumerable<string?> ReleasedInferTypes(FakeScheduler scheduler) =>
        scheduler.Releases.Select(release => release.GetProperty("scheduling_result")[0].GetProperty("infer_type").GetString());
}
