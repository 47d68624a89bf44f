using System.Net;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Tests.Http;

public sealed class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterACompletion_CountersHaveItsTokens()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        using HttpResponseMessage answer = await client.SendAsync("/v1/completions", """{"prompt":"a b c","max_tokens":5}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        string page = await client.GetTextAsync("/metrics");
        Assert.Contains("vllm:prompt_tokens_total{engine=\"0\",model_name=\"m\"} 3\n", page, StringComparison.Ordinal);
        Assert.Contains("vllm:generation_tokens_total{engine=\"0\",model_name=\"m\"} 5\n", page, StringComparison.Ordinal);
        Assert.Contains("vllm:cache_config_info{block_size=\"16\",engine=\"0\",kv_cache_size_tokens=\"945024\",num_gpu_blocks=\"59064\"} 1\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_RestrictedToNames_OnlyThose()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        Assert.Equal(
            "# TYPE vllm:num_requests_waiting gauge\nvllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 0\n",
            await client.GetTextAsync("/metrics?name[]=vllm:num_requests_waiting"));
    }

    [Fact]
    public async Task Loads_SglangFace_TellsTheRank()
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Neutral);
        await using EngineHost host = await EngineHost.StartAsync(
            options with { Engines = [options.Engines[0] with { MetricsFace = MetricsFace.Sglang, DataParallelRank = 2, DataParallelSize = 4 }] },
            TestContext.Current.CancellationToken);
        using var client = new EngineClient(host.Engines[0]);
        Assert.Equal(
            """{"loads":[{"dp_rank":2,"num_running_reqs":0,"num_waiting_reqs":0,"num_used_tokens":0,"max_total_num_tokens":945024,"token_usage":0}]}""",
            await client.GetTextAsync("/v1/loads?include=core"));
        Assert.Contains("sglang:num_queue_reqs{dp_rank=\"2\"", await client.GetTextAsync("/metrics"), StringComparison.Ordinal);
    }
}
