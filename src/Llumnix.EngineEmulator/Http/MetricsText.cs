using System.Globalization;
using System.Text;
using Llumnix.EngineEmulator.Engines;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The load of an engine's data-parallel ranks as Prometheus text, under the names of vLLM or SGLang: each series once for each rank.</summary>
internal sealed class MetricsText
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];
    private readonly StringBuilder _text = new();
    private readonly IReadOnlyCollection<string> _names;
    private readonly (RankLoad Load, string Labels)[] _ranks;

    private MetricsText(IEnumerable<HostedEngine> ranks, Func<RankLoad, string> labelsOf, IReadOnlyCollection<string> names)
    {
        _ranks = [.. ranks.Select(RankLoad.Of).Select(load => (load, labelsOf(load)))];
        _names = names;
    }

    /// <summary>vLLM's page.</summary>
    /// <param name="ranks">The engine's ranks.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="names">The series that are asked for; empty for all.</param>
    public static string OfVllm(IReadOnlyList<HostedEngine> ranks, string model, IReadOnlyCollection<string> names)
    {
        string modelLabel = Escape(model);
        var page = new MetricsText(
            ranks, rank => string.Create(CultureInfo.InvariantCulture, $"engine=\"{rank.Rank}\",model_name=\"{modelLabel}\""), names);
        page.Add("vllm:num_requests_running", "gauge", static rank => rank.Status.RunningRequestCount);
        page.Add("vllm:num_requests_waiting", "gauge", static rank => rank.Status.WaitingRequestCount);
        page.Add("vllm:num_requests_waiting_by_reason", "gauge", static rank => rank.Status.WaitingRequestCount, ",reason=\"capacity\"");
        page.Add("vllm:engine_sleep_state", "gauge", static _ => 1, ",sleep_state=\"awake\"");
        page.Add("vllm:kv_cache_usage_perc", "gauge", static rank => rank.KvUsage);
        page.Add("vllm:prefix_cache_queries_total", "counter", static rank => rank.Counters.PrefixQueriedTokens);
        page.Add("vllm:prefix_cache_hits_total", "counter", static rank => rank.Counters.CachedPromptTokens);
        page.Add("vllm:num_preemptions_total", "counter", static rank => rank.Counters.Preemptions);
        page.Add("vllm:prompt_tokens_total", "counter", static rank => rank.Counters.PromptTokens);
        page.Add("vllm:generation_tokens_total", "counter", static rank => rank.Counters.GenerationTokens);
        page.Add("vllm:request_success_total", "counter", static rank => rank.Histograms.Request.Count, ",finished_reason=\"length\"");
        page.Add("vllm:iteration_tokens_total", static rank => rank.Histograms.StepTokens);
        page.Add("vllm:time_to_first_token_seconds", static rank => rank.Histograms.FirstToken);
        page.Add("vllm:inter_token_latency_seconds", static rank => rank.Histograms.BetweenTokens);
        page.Add("vllm:e2e_request_latency_seconds", static rank => rank.Histograms.Request);
        page.Add("vllm:request_prompt_tokens", static rank => rank.Histograms.PromptTokens);
        page.Add("vllm:request_generation_tokens", static rank => rank.Histograms.GeneratedTokens);
        page.AddInfo("vllm:cache_config_info", static rank => string.Create(
            CultureInfo.InvariantCulture,
            $"block_size=\"{rank.BlockSize}\",engine=\"{rank.Rank}\",kv_cache_size_tokens=\"{rank.Status.TotalGpuTokens}\",num_gpu_blocks=\"{rank.Status.TotalGpuTokens / rank.BlockSize}\""));
        return page._text.ToString();
    }

    /// <summary>SGLang's page.</summary>
    public static string OfSglang(IReadOnlyList<HostedEngine> ranks, string model)
    {
        string modelLabel = Escape(model);
        var page = new MetricsText(
            ranks,
            rank => string.Create(
                CultureInfo.InvariantCulture,
                $"dp_rank=\"{rank.Rank}\",engine_type=\"unified\",model_name=\"{modelLabel}\",pp_rank=\"0\",tp_rank=\"0\""),
            []);
        page.Add("sglang:num_running_reqs", "gauge", static rank => rank.Status.RunningRequestCount);
        page.Add("sglang:num_queue_reqs", "gauge", static rank => rank.Status.WaitingRequestCount);
        page.Add("sglang:num_used_tokens", "gauge", static rank => rank.Status.UsedGpuTokens);
        page.Add("sglang:max_total_num_tokens", "gauge", static rank => rank.Status.TotalGpuTokens);
        page.Add("sglang:token_usage", "gauge", static rank => rank.KvUsage);
        page.Add("sglang:prompt_tokens_total", "counter", static rank => rank.Counters.PromptTokens);
        page.Add("sglang:cached_tokens_total", "counter", static rank => rank.Counters.CachedPromptTokens, ",cache_source=\"device\"");
        page.Add("sglang:generation_tokens_total", "counter", static rank => rank.Counters.GenerationTokens);
        page.Add("sglang:num_requests_total", "counter", static rank => rank.Histograms.Request.Count);
        page.Add("sglang:time_to_first_token_seconds", static rank => rank.Histograms.FirstToken);
        page.Add("sglang:inter_token_latency_seconds", static rank => rank.Histograms.BetweenTokens);
        page.Add("sglang:e2e_request_latency_seconds", static rank => rank.Histograms.Request);
        return page._text.ToString();
    }

    /// <summary>SGLang's <c>/v1/loads</c>.</summary>
    public static string LoadsOf(IReadOnlyList<HostedEngine> ranks) => $"{{\"loads\":[{string.Join(',', ranks.Select(RankLoad.Of).Select(static rank => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"dp_rank":{{rank.Rank}},"num_running_reqs":{{rank.Status.RunningRequestCount}},"num_waiting_reqs":{{rank.Status.WaitingRequestCount}},"num_used_tokens":{{rank.Status.UsedGpuTokens}},"max_total_num_tokens":{{rank.Status.TotalGpuTokens}},"token_usage":{{rank.KvUsage}}}""")))}]}}";

    private void Add(string name, string type, Func<RankLoad, double> valueOf, string moreLabels = "")
    {
        if (IsAsked(name))
        {
            _text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n");
            foreach ((RankLoad load, string labels) in _ranks)
            {
                _text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}{moreLabels}}} {valueOf(load)}\n");
            }
        }
    }

    private void AddInfo(string name, Func<RankLoad, string> labelsOf)
    {
        if (IsAsked(name))
        {
            _text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n");
            foreach ((RankLoad load, _) in _ranks)
            {
                _text.Append(CultureInfo.InvariantCulture, $"{name}{{{labelsOf(load)}}} 1\n");
            }
        }
    }

    private void Add(string name, Func<RankLoad, Histogram> histogramOf)
    {
        string[] asked = [.. Suffixes.Where(suffix => IsAsked(name + suffix))];
        if (asked.Length > 0)
        {
            _text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} histogram\n");
            foreach ((RankLoad load, string labels) in _ranks)
            {
                Add(name, labels, histogramOf(load), asked);
            }
        }
    }

    private void Add(string name, string labels, Histogram histogram, string[] suffixes)
    {
        if (suffixes.Contains("_bucket"))
        {
            foreach ((double bound, long count) in histogram.Buckets)
            {
                _text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"{bound}\"}} {count}\n");
            }

            _text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"+Inf\"}} {histogram.Count}\n");
        }

        if (suffixes.Contains("_sum"))
        {
            _text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{labels}}} {histogram.Sum}\n");
        }

        if (suffixes.Contains("_count"))
        {
            _text.Append(CultureInfo.InvariantCulture, $"{name}_count{{{labels}}} {histogram.Count}\n");
        }
    }

    private bool IsAsked(string name) => _names.Count == 0 || _names.Contains(name);

    private static string Escape(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
