using System.Text;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>The exact names of the series. A longer name that begins with one of them is another series.</summary>
internal static class MetricNames
{
    private static readonly (byte[] Name, EngineMetric Metric)[] Vllm =
    [
        ("num_requests_running"u8.ToArray(), EngineMetric.Running),
        ("num_requests_waiting"u8.ToArray(), EngineMetric.Waiting),
        ("num_requests_waiting_by_reason"u8.ToArray(), EngineMetric.WaitingByReason),
        ("kv_cache_usage_perc"u8.ToArray(), EngineMetric.KvUsage),
        ("gpu_cache_usage_perc"u8.ToArray(), EngineMetric.OldKvUsage),
        ("prefix_cache_hits_total"u8.ToArray(), EngineMetric.PrefixHits),
        ("gpu_prefix_cache_hits_total"u8.ToArray(), EngineMetric.OldPrefixHits),
        ("prefix_cache_queries_total"u8.ToArray(), EngineMetric.PrefixQueries),
        ("gpu_prefix_cache_queries_total"u8.ToArray(), EngineMetric.OldPrefixQueries),
        ("prompt_tokens_total"u8.ToArray(), EngineMetric.PromptTokens),
        ("generation_tokens_total"u8.ToArray(), EngineMetric.GenerationTokens),
        ("iteration_tokens_total_count"u8.ToArray(), EngineMetric.Steps),
        ("num_preemptions_total"u8.ToArray(), EngineMetric.Preemptions),
        ("request_prompt_tokens_sum"u8.ToArray(), EngineMetric.RequestPromptSum),
        ("request_prompt_tokens_count"u8.ToArray(), EngineMetric.RequestPromptCount),
        ("cache_config_info"u8.ToArray(), EngineMetric.CacheConfig),
        ("lora_requests_info"u8.ToArray(), EngineMetric.Lora),
        ("engine_sleep_state"u8.ToArray(), EngineMetric.SleepState),
    ];

    private static readonly (byte[] Name, EngineMetric Metric)[] Sglang =
    [
        ("num_running_reqs"u8.ToArray(), EngineMetric.Running),
        ("num_queue_reqs"u8.ToArray(), EngineMetric.Waiting),
        ("num_used_tokens"u8.ToArray(), EngineMetric.UsedTokens),
        ("max_total_num_tokens"u8.ToArray(), EngineMetric.TotalTokens),
        ("token_usage"u8.ToArray(), EngineMetric.KvUsage),
        ("cached_tokens_total"u8.ToArray(), EngineMetric.PrefixHits),
        ("prompt_tokens_total"u8.ToArray(), EngineMetric.PromptTokens),
        ("generation_tokens_total"u8.ToArray(), EngineMetric.GenerationTokens),
        ("cache_config_info"u8.ToArray(), EngineMetric.CacheConfig),
        ("num_pages"u8.ToArray(), EngineMetric.Blocks),
        ("page_size"u8.ToArray(), EngineMetric.BlockSize),
        ("num_prefill_prealloc_queue_reqs"u8.ToArray(), EngineMetric.PrefillPrealloc),
        ("num_decode_prealloc_queue_reqs"u8.ToArray(), EngineMetric.DecodePrealloc),
        ("num_decode_transfer_queue_reqs"u8.ToArray(), EngineMetric.DecodeTransfer),
    ];

    /// <summary>A query that restricts vLLM's page to the series that are read.</summary>
    public static string VllmQuery { get; } = string.Join('&', Vllm.Select(static entry => "name[]=vllm:" + Encoding.ASCII.GetString(entry.Name)));

    /// <summary>Finds a name with its prefix.</summary>
    /// <returns>False for any other series.</returns>
    public static bool TryFind(ReadOnlySpan<byte> name, out EngineFace face, out EngineMetric metric)
    {
        (face, int prefix) = name.StartsWith("vllm:"u8) ? (EngineFace.Vllm, 5)
            : name.StartsWith("sglang:"u8) ? (EngineFace.SglangMetrics, 7)
            : (EngineFace.Unknown, 0);
        if (prefix > 0)
        {
            name = name[prefix..];
            foreach ((byte[] known, EngineMetric candidate) in face == EngineFace.Vllm ? Vllm : Sglang)
            {
                if (known.Length == name.Length && name.SequenceEqual(known))
                {
                    metric = candidate;
                    return true;
                }
            }
        }

        metric = EngineMetric.Count;
        return false;
    }
}
