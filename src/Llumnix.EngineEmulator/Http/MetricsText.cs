using System.Globalization;
using System.Text;
using Llumnix.EngineEmulator.Engines;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Http;

/// <summary>An engine's load as Prometheus text, under the names of vLLM or SGLang.</summary>
internal sealed class MetricsText(IReadOnlyCollection<string> names)
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];
    private readonly StringBuilder _text = new();

    /// <summary>vLLM's page.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="names">The series that are asked for; empty for all.</param>
    public static string OfVllm(HostedEngine engine, string model, IReadOnlyCollection<string> names)
    {
        InstanceStatus status = engine.Status();
        EngineCounters counters = engine.Runner.Counters;
        RequestHistograms histograms = engine.Runner.Histograms;
        int blockSize = engine.Runner.Configuration.BlockSize;
        string rank = engine.Metadata.DataParallelRank.ToString(CultureInfo.InvariantCulture);
        string labels = $"engine=\"{rank}\",model_name=\"{Escape(model)}\"";
        var page = new MetricsText(names);
        page.Add("vllm:num_requests_running", "gauge", labels, status.RunningRequestCount);
        page.Add("vllm:num_requests_waiting", "gauge", labels, status.WaitingRequestCount);
        page.Add("vllm:num_requests_waiting_by_reason", "gauge", labels + ",reason=\"capacity\"", status.WaitingRequestCount);
        page.Add("vllm:engine_sleep_state", "gauge", labels + ",sleep_state=\"awake\"", 1);
        page.Add("vllm:kv_cache_usage_perc", "gauge", labels, (double)status.UsedGpuTokens / status.TotalGpuTokens);
        page.Add("vllm:prefix_cache_queries_total", "counter", labels, counters.PromptTokens);
        page.Add("vllm:prefix_cache_hits_total", "counter", labels, counters.CachedPromptTokens);
        page.Add("vllm:num_preemptions_total", "counter", labels, counters.Preemptions);
        page.Add("vllm:prompt_tokens_total", "counter", labels, counters.PromptTokens);
        page.Add("vllm:generation_tokens_total", "counter", labels, counters.GenerationTokens);
        page.Add("vllm:request_success_total", "counter", labels + ",finished_reason=\"length\"", histograms.Request.Count);
        page.Add("vllm:iteration_tokens_total", labels, histograms.StepTokens);
        page.Add("vllm:time_to_first_token_seconds", labels, histograms.FirstToken);
        page.Add("vllm:inter_token_latency_seconds", labels, histograms.BetweenTokens);
        page.Add("vllm:e2e_request_latency_seconds", labels, histograms.Request);
        page.Add("vllm:request_prompt_tokens", labels, histograms.PromptTokens);
        page.Add("vllm:request_generation_tokens", labels, histograms.GeneratedTokens);
        string config = string.Create(
            CultureInfo.InvariantCulture,
            $"block_size=\"{blockSize}\",engine=\"{rank}\",kv_cache_size_tokens=\"{status.TotalGpuTokens}\",num_gpu_blocks=\"{status.TotalGpuTokens / blockSize}\"");
        page.Add("vllm:cache_config_info", "gauge", config, 1);
        return page._text.ToString();
    }

    /// <summary>SGLang's page.</summary>
    public static string OfSglang(HostedEngine engine, string model)
    {
        InstanceStatus status = engine.Status();
        EngineCounters counters = engine.Runner.Counters;
        string labels = string.Create(
            CultureInfo.InvariantCulture,
            $"dp_rank=\"{engine.Metadata.DataParallelRank}\",engine_type=\"unified\",model_name=\"{Escape(model)}\",pp_rank=\"0\",tp_rank=\"0\"");
        var page = new MetricsText([]);
        page.Add("sglang:num_running_reqs", "gauge", labels, status.RunningRequestCount);
        page.Add("sglang:num_queue_reqs", "gauge", labels, status.WaitingRequestCount);
        page.Add("sglang:num_used_tokens", "gauge", labels, status.UsedGpuTokens);
        page.Add("sglang:max_total_num_tokens", "gauge", labels, status.TotalGpuTokens);
        page.Add("sglang:token_usage", "gauge", labels, (double)status.UsedGpuTokens / status.TotalGpuTokens);
        page.Add("sglang:prompt_tokens_total", "counter", labels, counters.PromptTokens);
        page.Add("sglang:cached_tokens_total", "counter", labels + ",cache_source=\"device\"", counters.CachedPromptTokens);
        page.Add("sglang:generation_tokens_total", "counter", labels, counters.GenerationTokens);
        RequestHistograms histograms = engine.Runner.Histograms;
        page.Add("sglang:num_requests_total", "counter", labels, histograms.Request.Count);
        page.Add("sglang:time_to_first_token_seconds", labels, histograms.FirstToken);
        page.Add("sglang:inter_token_latency_seconds", labels, histograms.BetweenTokens);
        page.Add("sglang:e2e_request_latency_seconds", labels, histograms.Request);
        return page._text.ToString();
    }

    /// <summary>SGLang's <c>/v1/loads</c>.</summary>
    public static string LoadsOf(HostedEngine engine)
    {
        InstanceStatus status = engine.Status();
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"loads":[{"dp_rank":{{engine.Metadata.DataParallelRank}},"num_running_reqs":{{status.RunningRequestCount}},"num_waiting_reqs":{{status.WaitingRequestCount}},"num_used_tokens":{{status.UsedGpuTokens}},"max_total_num_tokens":{{status.TotalGpuTokens}},"token_usage":{{(double)status.UsedGpuTokens / status.TotalGpuTokens}}}]}""");
    }

    private void Add(string name, string type, string labels, double value)
    {
        if (names.Count == 0 || names.Contains(name))
        {
            _text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n{name}{{{labels}}} {value}\n");
        }
    }

    private void Add(string name, string labels, Histogram histogram)
    {
        string[] asked = [.. Suffixes.Where(suffix => names.Count == 0 || names.Contains(name + suffix))];
        if (asked.Length > 0)
        {
            _text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} histogram\n");
        }

        if (asked.Contains("_bucket"))
        {
            foreach ((double bound, long count) in histogram.Buckets)
            {
                _text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"{bound}\"}} {count}\n");
            }

            _text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"+Inf\"}} {histogram.Count}\n");
        }

        if (asked.Contains("_sum"))
        {
            _text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{labels}}} {histogram.Sum}\n");
        }

        if (asked.Contains("_count"))
        {
            _text.Append(CultureInfo.InvariantCulture, $"{name}_count{{{labels}}} {histogram.Count}\n");
        }
    }

    private static string Escape(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
