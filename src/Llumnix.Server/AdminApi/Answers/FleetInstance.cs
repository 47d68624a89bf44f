namespace Llumnix.Server.AdminApi.Answers;

/// <summary>One instance of the fleet. What is not known, as most of it in lite mode, is null.</summary>
/// <param name="Index">Names it in deltas, for as long as it is known under its id.</param>
/// <param name="Id">The instance's id.</param>
/// <param name="Address"><c>host:port</c> of its API server.</param>
/// <param name="Role">Its infer type: <c>neutral</c>, <c>prefill</c> or <c>decode</c>.</param>
/// <param name="Unit">Its unit; empty when unknown.</param>
/// <param name="Node">Its node; empty when unknown.</param>
/// <param name="Models">The models that it serves; empty: any, or not known.</param>
/// <param name="Backend">The engine's kind, such as <c>vllm</c>; empty when unknown.</param>
/// <param name="Health"><c>ok</c>, <c>unschedulable</c>, <c>stale</c>, <c>failover</c>, <c>draining</c> or <c>unreachable</c>.</param>
/// <param name="HealthReason">Why it gets no requests, as a sentence; empty when it may get them.</param>
/// <param name="IsUnreachable">Whether nothing answers at its address, even if it is not out for that.</param>
/// <param name="SignalAgeMs">Time since its status last changed, in milliseconds.</param>
/// <param name="Running">Running requests, by its status.</param>
/// <param name="Waiting">Waiting requests, by its status.</param>
/// <param name="KvUsedTokens">KV cache in use, in tokens.</param>
/// <param name="KvTotalTokens">KV capacity in tokens; 0 when unknown.</param>
/// <param name="KvProjected">KV cache in use or claimed, as a ratio of the whole: the metric <c>kv_cache_usage_ratio_projected</c>.</param>
/// <param name="InFlight">Requests placed on it that its status does not show yet; in lite mode all requests that it has by the reports of gateways.</param>
/// <param name="DecodeBatch">Requests that decode or will decode on it: the metric <c>decode_batch_size</c>.</param>
/// <param name="PrefillTokens">Prompt tokens that it still has to compute: the metric <c>all_prefills_tokens_num</c>.</param>
/// <param name="DecodeTokens">Tokens of the requests that decode or will decode on it: the metric <c>all_decodes_tokens_num</c>.</param>
/// <param name="TrackedTokens">In lite mode: tokens of its requests by the reports of gateways.</param>
public sealed record FleetInstance(
    int Index,
    string Id,
    string Address,
    string Role,
    string Unit,
    string Node,
    IReadOnlyList<string> Models,
    string Backend,
    string Health,
    string HealthReason,
    bool IsUnreachable,
    long? SignalAgeMs,
    long? Running,
    long? Waiting,
    long? KvUsedTokens,
    long? KvTotalTokens,
    double? KvProjected,
    long InFlight,
    double? DecodeBatch,
    double? PrefillTokens,
    double? DecodeTokens,
    long? TrackedTokens);
