using System.Text.Json;
using Llumnix.Cli.Load;
using Llumnix.Simulation.Workloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Load;

/// <summary>What a gateway or an engine behind it does wrong is counted by its kind.</summary>
public sealed class GatewayLoadFailureTests
{
    [Theory]
    [InlineData(429, FailureKind.QueueFull)]
    [InlineData(404, FailureKind.EngineNotFound)]
    [InlineData(503, FailureKind.Unavailable)]
    [InlineData(504, FailureKind.Timeout)]
    [InlineData(502, FailureKind.EngineError)]
    public async Task PlayAsync_Refused_CountsTheKind(int status, object kind)
    {
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync((response, _) =>
        {
            response.StatusCode = status;
            return Task.CompletedTask;
        });

        LoadResult result = await LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(3));

        Assert.Equal(3, result.Failures[(FailureKind)kind]);
        Assert.Equal((3, 0), (result.Failed, result.Completed));
    }

    [Fact]
    public async Task PlayAsync_NobodyAtTheAddress_CountsAsConnection()
    {
        FakeCompletionServer gateway = await FakeCompletionServer.StartAsync();
        Uri url = gateway.Url;
        await gateway.DisposeAsync();

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
    public async Task PlayAsync_EngineFails_CountsTheKind(string fault, object kind)
    {
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync((response, _) => FailAsync(response, fault));

        LoadResult result = await LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(1));

        Assert.Equal(1, result.Failures[(FailureKind)kind]);
        Assert.Equal((1, 0), (result.Failed, result.Completed));
    }

    /// <summary>An answer of any shape ends its request and no more than that.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"choices\":null}")]
    [InlineData("{\"choices\":[null]}")]
    [InlineData("{\"choices\":{}}")]
    [InlineData("{\"choices\":[{\"text\":5}]}")]
    [InlineData("{\"choices\":[{\"delta\":null,\"token_ids\":7}]}")]
    [InlineData("{\"usage\":null}")]
    [InlineData("{\"usage\":{\"completion_tokens\":null}}")]
    [InlineData("{\"usage\":{\"completion_tokens\":-1}}")]
    [InlineData("{\"usage\":{\"completion_tokens\":1e99}}")]
    [InlineData("{\"error\":\"\\ud800\"}")]
    [InlineData("{\"error\":{\"message\":\"\\udc00\"}}")]
    [InlineData("{\"choices\":[{\"text\":\"\\ud800\"}]}")]
    [InlineData("{\"choices\":[{\"text\":\"a\",\"finish_reason\":[]}]}")]
    public async Task PlayAsync_CompletionOfAnotherShape_CountsAsEngineError(string chunk)
    {
        await using FakeCompletionServer gateway = await FakeCompletionServer.StartAsync((response, _) => response.WriteAsync($"data: {chunk}\n\ndata: [DONE]\n\n"));

        LoadResult result = await LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(2));

        Assert.Equal(2, result.Failures[FailureKind.EngineError]);
    }

    /// <summary>Tokens that only the usage tells of have no times between them.</summary>
    [Fact]
    public async Task PlayAsync_UsageWithoutChoices_CountsItsTokens()
    {
        await using FakeCompletionServer gateway =
            await FakeCompletionServer.StartAsync((response, _) => response.WriteAsync("data: {\"usage\":{\"completion_tokens\":3}}\n\ndata: [DONE]\n\n"));

        LoadResult result = await LoadRun.PlayAsync(gateway.Url, LoadRun.AtOnce(2));

        Assert.Equal((2, 2L), (result.Completed, result.Ttft.Count));
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
