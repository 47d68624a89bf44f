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
}
