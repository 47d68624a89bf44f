using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Requests;

/// <summary>The instance of one role of a placement, with its load just before the request was added.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Role">The role that it was chosen for.</param>
/// <param name="Load">Its load; null in lite mode, where these numbers are not known.</param>
/// <param name="PrefixHitTokens">Number of the prompt's tokens whose KV cache it holds.</param>
/// <param name="PredictedTtftMs">The predicted time to first token from the placement on, in milliseconds; null for a decode and without profiling tables.</param>
/// <param name="PredictedTpotMs">The predicted time per output token, in milliseconds; null for a prefill and without profiling tables.</param>
public readonly record struct PlacedInstance(
    InstanceAddress Instance,
    InferType Role,
    InstanceLoad? Load,
    int PrefixHitTokens = 0,
    double? PredictedTtftMs = null,
    double? PredictedTpotMs = null);
