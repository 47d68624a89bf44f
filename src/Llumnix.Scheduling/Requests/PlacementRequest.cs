using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Scheduling.Requests;

/// <summary>One request to be placed.</summary>
/// <param name="Id">The request's id, not empty.</param>
/// <param name="Mode">How it is to be served.</param>
/// <param name="Stage">With <see cref="SchedulingMode.PdStaged"/>: prefill or decode. Otherwise not looked at.</param>
/// <param name="PromptTokens">Prompt length in tokens, not negative.</param>
/// <param name="PrefixHits">What the KV store holds of the prompt; null when nothing is known.</param>
/// <param name="Model">The model asked for. Only looked at in lite mode with several models.</param>
/// <param name="GatewayId">Who asks, as <see cref="HostAddress.NormalizeEndpoint"/> gives it. Only looked at in lite mode, whose request states go when their gateway does.</param>
/// <param name="ExcludedInstances">Ids of instances that the request must not get, as answers tell them or as the scheduler knows them, or their endpoints as
/// <c>host:port</c>; null for none. Engines that share an id in answers are excluded together; an endpoint excludes one engine.</param>
/// <param name="Prefix">Identifies the prompt's beginning, for a scheduler that estimates prefix hits from its placements; otherwise not looked at.</param>
/// <param name="IsRetry">Whether the request is asked again since an engine has failed it. Only counted; what excludes the engine is <paramref name="ExcludedInstances"/>.</param>
public readonly record struct PlacementRequest(
    string Id,
    SchedulingMode Mode,
    InferType Stage,
    int PromptTokens,
    PrefixHits? PrefixHits = null,
    string Model = "",
    string GatewayId = "",
    IReadOnlyList<string>? ExcludedInstances = null,
    PromptPrefix Prefix = default,
    bool IsRetry = false);
