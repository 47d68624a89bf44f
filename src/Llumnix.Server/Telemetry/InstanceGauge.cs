using Llumnix.Scheduling.Instances;

namespace Llumnix.Server.Telemetry;

/// <summary>The definition of one gauge per instance.</summary>
/// <param name="Name">The metric's name after <c>instance_cms_</c>.</param>
/// <param name="Help">What it means, and its unit.</param>
/// <param name="Value">The value of an instance.</param>
internal sealed record InstanceGauge(string Name, string Help, Func<InstanceSnapshot, double> Value)
{
    /// <summary>All of them.</summary>
    internal static readonly InstanceGauge[] All =
    [
        new(
            "used_gpu_tokens",
            "Tokens of KV cache in use on the instance.",
            static i => i.Status.UsedGpuTokens),
        new(
            "waiting_requests",
            "Requests that wait on the instance.",
            static i => i.Status.WaitingRequestCount),
        new(
            "loading_requests",
            "Requests whose KV cache is being transferred to the instance.",
            static i => i.Status.LoadingRequestCount),
        new(
            "running_requests",
            "Requests that run on the instance.",
            static i => i.Status.RunningRequestCount),
        new(
            "scheduler_waiting_to_decode_requests",
            "Requests that wait in the engine's scheduler and will decode on the instance.",
            static i => i.Status.SchedulerWaitingToDecodeRequests),
        new(
            "scheduler_running_to_decode_requests",
            "Requests that run in the engine's scheduler and decode on the instance.",
            static i => i.Status.SchedulerRunningToDecodeRequests),
        new(
            "hybrid_scheduler_waiting_to_decode_requests",
            "Requests that wait in front of the engine's scheduler (hybrid scheduler) and will decode on the instance.",
            static i => i.Status.HybridSchedulerWaitingToDecodeRequests),
        new(
            "uncomputed_tokens_all_waiting_prefills",
            "Prompt tokens of all waiting requests of the instance that are not computed yet.",
            static i => i.Status.UncomputedTokensAllWaitingPrefills),
        new(
            "uncomputed_tokens_scheduler_running_prefills",
            "Prompt tokens of running prefills that are not computed yet, the chunk under computation included.",
            static i => i.Status.UncomputedTokensSchedulerRunningPrefills),
        new(
            "unallocated_tokens_scheduler_running_prefills",
            "Prompt tokens of running prefills that hold no KV cache yet.",
            static i => i.Status.UnallocatedTokensSchedulerRunningPrefills),
        new(
            "unallocated_tokens_hybrid_scheduler_waiting_decodes",
            "Tokens without KV cache of decodes that wait in front of the engine's scheduler (hybrid scheduler).",
            static i => i.Status.UnallocatedTokensHybridSchedulerWaitingDecodes),
        new(
            "hybrid_scheduler_waiting_to_decode_tokens",
            "Tokens of the requests that instance_cms_hybrid_scheduler_waiting_to_decode_requests counts.",
            static i => i.Status.HybridSchedulerWaitingToDecodeTokens),
        new(
            "scheduler_waiting_to_decode_tokens",
            "Tokens of the requests that instance_cms_scheduler_waiting_to_decode_requests counts.",
            static i => i.Status.SchedulerWaitingToDecodeTokens),
        new(
            "scheduler_running_to_decode_tokens",
            "Tokens of the requests that instance_cms_scheduler_running_to_decode_requests counts.",
            static i => i.Status.SchedulerRunningToDecodeTokens),
        new(
            "tokens_loading_requests",
            "Tokens of the requests that instance_cms_loading_requests counts.",
            static i => i.Status.LoadingTokens),
        new(
            "inflight_dispatch_requests",
            "Requests placed on the instance that its status does not contain yet.",
            static i => i.Dispatched.Requests),
        new(
            "inflight_dispatch_prefill_requests",
            "Requests placed on the instance for prefill that its status does not contain yet.",
            static i => i.Dispatched.PrefillRequests),
        new(
            "inflight_dispatch_decode_requests",
            "Requests placed on the instance for decode that its status does not contain yet.",
            static i => i.Dispatched.DecodeRequests),
        new(
            "uncomputed_tokens_inflight_dispatch_prefill_requests",
            "Prompt tokens to compute of the requests that instance_cms_inflight_dispatch_prefill_requests counts.",
            static i => i.Dispatched.UncomputedPrefillTokens),
        new(
            "tokens_inflight_dispatch_decode_requests",
            "Tokens of the requests that instance_cms_inflight_dispatch_decode_requests counts.",
            static i => i.Dispatched.DecodeTokens),
        new(
            "kv_cache_usage_ratio_projected",
            "KV cache of the instance that is in use or will be by its waiting and placed requests, as a ratio of the whole; above 1 when they do not fit.",
            static i => i.Load.KvCacheUsageRatioProjected),
        new(
            "decode_batch_size",
            "Requests that decode, wait to decode or were placed to decode on the instance.",
            static i => i.Load.DecodeBatchSize),
        new(
            "all_prefills_tokens_num",
            "Prompt tokens to compute on the instance, of waiting, running and placed requests.",
            static i => i.Load.AllPrefillsTokens),
        new(
            "all_decodes_tokens_num",
            "Tokens of the requests that instance_cms_decode_batch_size counts.",
            static i => i.Load.AllDecodesTokens),
    ];
}
