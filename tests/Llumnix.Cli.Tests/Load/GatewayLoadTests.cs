using System.Text.Json;
using Llumnix.Cli.Load;
using Llumnix.Simulation.Workloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Load;

public sealed class GatewayLoadTests
{
    [Fact]
    public async Task PlayAsync_OneRequest_SpeaksAsAClientDoes()
    {
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync();

        await LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(1, promptTokens: 3, outputTokens: 129));

        (string id, JsonElement completion) = await gateway.NextAsync();
        Assert.NotEqual("", id);
        string ids = string.Join(',', PromptTokens.Of(new RequestArrival(TimeSpan.Zero, 3, 129)));
        Assert.Equal($$"""{"model":"default","prompt":[{{ids}}],"max_tokens":129,"stream":true}""", completion.GetRawText());
    }

    [Fact]
    public async Task PlayAsync_ManyRequests_CountsThemAndTheirTokens()
    {
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync();

        LoadResult result = await LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(50, outputTokens: 7));

        Assert.Equal((50, 50, 0, 0, 350), (result.Sent, result.Completed, result.Failed, result.CutOff, result.OutputTokens));
        Assert.Equal((50, 50, 50), (result.Ttft.Count, result.Tpot.Count, result.EndToEnd.Count));
    }

    /// <summary>Role-first chunks have no token; speculative decoding and stream intervals send several in one.</summary>
    [Fact]
    public async Task PlayAsync_EventsAndTokensDiffer_CountsTokensByUsage()
    {
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync((response, _) => response.WriteAsync(
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\" a\"}}]}\n\n"
            + "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\" b c d\"},\"finish_reason\":\"length\"}]}\n\ndata: {\"choices\":[],\"usage\":{\"completion_tokens\":6}}\n\ndata: [DONE]\n\n"));

        LoadResult result = await LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(1, outputTokens: 8));

        Assert.Equal((1, 6), (result.Completed, result.OutputTokens));
    }
}
