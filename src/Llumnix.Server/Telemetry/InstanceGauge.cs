using Llumnix.Scheduling.Instances;

namespace Llumnix.Server.Telemetry;

/// <summary>The definition of one gauge per instance.</summary>
/// <param name="Name">The metric's name after <c>instance_cms_</c>.</param>
/// <param name="Value">The value of an instance.</param>
internal sealed record InstanceGauge(string Name, Func<InstanceSnapshot, double> Value)
{
    /// <summary>All of them.</summary>
    internal static readonly InstanceGauge[] All =
    [
        new("used_gpu_tokens", static i => i.Status.UsedGpuTokens),
        new("waiting_requests", static i => i.Status.WaitingRequestCount),
        new("loading_requests", static i => i.Status.LoadingRequestCount),
        new("running_requests", static i => i.Status.RunningRequestCount),
        new("scheduler_waiting_to_decode_requests", static i => i.Status.SchedulerWaitingToDecodeRequests),
        new("scheduler_running_to_decode_requests", static i => i.Status.SchedulerRunningToDecodeRequests),
        new("hybrid_scheduler_waiting_to_decode_requests", static i => i.Status.HybridSchedulerWaitingToDecodeRequests),
        new("uncomputed_tokens_all_waiting_prefills", static i => i.Status.UncomputedTokensAllWaitingPrefills),
        new("uncomputed_tokens_scheduler_running_prefills", static i => i.Status.UncomputedTokensSchedulerRunningPrefills),
        new("unallocated_tokens_scheduler_running_prefills", static i => i.Status.UnallocatedTokensSchedulerRunningPrefills),
        new("unallocated_tokens_hybrid_scheduler_waiting_decodes", static i => i.Status.UnallocatedTokensHybridSchedulerWaitingDecodes),
        new("hybrid_scheduler_waiting_to_decode_tokens", static i => i.Status.HybridSchedulerWaitingToDecodeTokens),
        new("scheduler_waiting_to_decode_tokens", static i => i.Status.SchedulerWaitingToDecodeTokens),
        new("scheduler_running_to_decode_tokens", static i => i.Status.SchedulerRunningToDecodeTokens),
        new("tokens_loading_requests", static i => i.Status.LoadingTokens),
        new("inflight_dispatch_requests", static i => i.Dispatched.Requests),
        new("inflight_dispatch_prefill_requests", static i => i.Dispatched.PrefillRequests),
        new("inflight_dispatch_decode_requests", static i => i.Dispatched.DecodeRequests),
        new("uncomputed_tokens_inflight_dispatch_prefill_requests", static i => i.Dispatched.UncomputedPrefillTokens),
        new("tokens_inflight_dispatch_decode_requests", static i => i.Dispatched.DecodeTokens),
        new("kv_cache_usage_ratio_projected", static i => i.Load.KvCacheUsageRatioProjected),
        new("decode_batch_size", static i => i.Load.DecodeBatchSize),
        new("all_prefills_tokens_num", static i => i.Load.AllPrefillsTokens),
        new("all_decodes_tokens_num", static i => i.Load.AllDecodesTokens),
    ];
}
