namespace Llumnix.Server.AdminApi.Answers;

/// <summary>A recorded decision for one role of a request. A pair of prefill and decode instance is two of them.</summary>
/// <param name="Sequence">Its number, growing by one with each recorded decision.</param>
/// <param name="TimeMs">When it was made, Unix time in milliseconds.</param>
/// <param name="RequestId">The request.</param>
/// <param name="Mode"><c>neutral</c>, <c>pd_batch</c> or <c>pd_staged</c>.</param>
/// <param name="Role">The role that an instance was chosen for.</param>
/// <param name="Model">The model asked for; empty when the request names none.</param>
/// <param name="PromptTokens">Prompt length in tokens.</param>
/// <param name="PrefixHitTokens">Prompt tokens whose KV cache the instance holds.</param>
/// <param name="HeldMs">Time since the request was first held, in milliseconds; 0 when it was not.</param>
/// <param name="Outcome"><c>placed</c>, <c>endpoint_not_found</c>, <c>no_available_endpoint</c>, <c>store_not_available</c>, <c>held</c>, <c>prompt_too_long</c> or <c>all_excluded</c>.</param>
/// <param name="InstanceId">The chosen instance; null without one.</param>
/// <param name="RunnerUpId">The best other candidate by the first metric; null without one.</param>
/// <param name="Why">The reason as a sentence.</param>
/// <param name="Metrics">The metrics of the selector, at the moment of the decision; empty without an instance.</param>
/// <param name="Candidates">How many instances were left after each step.</param>
/// <param name="PredictedTtftMs">Predicted TTFT in milliseconds, where it is predicted.</param>
/// <param name="PredictedTpotMs">Predicted TPOT in milliseconds, where it is predicted.</param>
/// <param name="ObservedTtftMs">Time from the placement to the report of the first token, in milliseconds; null while it is not known.</param>
public sealed record RecordedDecision(
    long Sequence,
    long TimeMs,
    string RequestId,
    string Mode,
    string Role,
    string Model,
    int PromptTokens,
    int PrefixHitTokens,
    double HeldMs,
    string Outcome,
    string? InstanceId,
    string? RunnerUpId,
    string Why,
    IReadOnlyList<RecordedMetric> Metrics,
    CandidateCounts Candidates,
    double? PredictedTtftMs,
    double? PredictedTpotMs,
    double? ObservedTtftMs);
