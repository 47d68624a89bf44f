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
    public async Task Metrics_AfterTwoCompletions_HistogramsHaveTheirTimesAndLengths()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        using HttpResponseMessage first = await client.SendAsync("/v1/completions", """{"prompt":"a b c","max_tokens":5}""", "1");
        using HttpResponseMessage second = await client.SendAsync("/v1/completions", """{"prompt":"a b c d e f","max_tokens":2}""", "2");
        string page = await client.GetTextAsync("/metrics");
        const string labels = "engine=\"0\",model_name=\"m\"";
        string[] expected =
        [
            $"vllm:time_to_first_token_seconds_count{{{labels}}} 2",
            $"vllm:inter_token_latency_seconds_count{{{labels}}} 5",
            $"vllm:e2e_request_latency_seconds_bucket{{{labels},le=\"+Inf\"}} 2",
            $"vllm:request_prompt_tokens_bucket{{{labels},le=\"2\"}} 0",
            $"vllm:request_prompt_tokens_bucket{{{labels},le=\"5\"}} 1",
            $"vllm:request_prompt_tokens_bucket{{{labels},le=\"10\"}} 2",
            $"vllm:request_prompt_tokens_sum{{{labels}}} 9",
            $"vllm:request_generation_tokens_sum{{{labels}}} 7",
            // Prompts of 3 and 6, and 7 tokens.
            $"vllm:iteration_tokens_total_sum{{{labels}}} 16",
            $"vllm:request_success_total{{{labels},finished_reason=\"length\"}} 2",
        ];
        Assert.All(expected, line => Assert.Contains(line + "\n", page, StringComparison.Ordinal));
        Assert.Equal(
            $"# TYPE vllm:request_prompt_tokens histogram\nvllm:request_prompt_tokens_sum{{{labels}}} 9\n",
            await client.GetTextAsync("/metrics?name[]=vllm:request_prompt_tokens_sum"));
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

    [Fact]
    public async Task Metrics_SeveralRanks_EachSeriesHasOneOfEach()
    {
        await using EngineHost host = await StartRanksAsync(3, MetricsFace.Vllm);
        using var client = new EngineClient(host.Engines[0]);
        using HttpResponseMessage answer = await client.SendAsync("/v1/completions", """{"prompt":"a b c","max_tokens":5}""", "1", ("X-data-parallel-rank", "1"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        _ = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            """
            # TYPE vllm:prompt_tokens_total counter
            vllm:prompt_tokens_total{engine="0",model_name="m"} 0
            vllm:prompt_tokens_total{engine="1",model_name="m"} 3
            vllm:prompt_tokens_total{engine="2",model_name="m"} 0
            # TYPE vllm:request_generation_tokens histogram
            vllm:request_generation_tokens_sum{engine="0",model_name="m"} 0
            vllm:request_generation_tokens_sum{engine="1",model_name="m"} 5
            vllm:request_generation_tokens_sum{engine="2",model_name="m"} 0
            # TYPE vllm:cache_config_info gauge
            vllm:cache_config_info{block_size="16",engine="0",kv_cache_size_tokens="945024",num_gpu_blocks="59064"} 1
            vllm:cache_config_info{block_size="16",engine="1",kv_cache_size_tokens="945024",num_gpu_blocks="59064"} 1
            vllm:cache_config_info{block_size="16",engine="2",kv_cache_size_tokens="945024",num_gpu_blocks="59064"} 1

            """.ReplaceLineEndings("\n"),
            await client.GetTextAsync(
                "/metrics?name[]=vllm:prompt_tokens_total&name[]=vllm:request_generation_tokens_sum&name[]=vllm:cache_config_info"));
    }

    [Fact]
    public async Task Loads_SeveralRanks_HasEach()
    {
        await using EngineHost host = await StartRanksAsync(2, MetricsFace.Sglang);
        using var client = new EngineClient(host.Engines[1]);
        Assert.Equal(
            """{"loads":[{"dp_rank":0,"num_running_reqs":0,"num_waiting_reqs":0,"num_used_tokens":0,"max_total_num_tokens":945024,"token_usage":0},"""
            + """{"dp_rank":1,"num_running_reqs":0,"num_waiting_reqs":0,"num_used_tokens":0,"max_total_num_tokens":945024,"token_usage":0}]}""",
            await client.GetTextAsync("/v1/loads"));
        string page = await client.GetTextAsync("/metrics");
        Assert.Contains("sglang:num_queue_reqs{dp_rank=\"0\"", page, StringComparison.Ordinal);
        Assert.Contains("sglang:num_queue_reqs{dp_rank=\"1\"", page, StringComparison.Ordinal);
    }

    private static Task<EngineHost> StartRanksAsync(int ranks, MetricsFace face)
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Neutral);
        return EngineHost.StartAsync(
            options with { Engines = [options.Engines[0] with { MetricsFace = face, LocalRanks = ranks, DataParallelSize = ranks }] },
            TestContext.Current.CancellationToken);
    }
}
