using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Scheduling.Requests;

/// <summary>The facts about a request that filters, metrics and selectors read.</summary>
/// <param name="PromptTokens">Prompt length in tokens, not negative.</param>
/// <param name="PrefixHits">Prefix hits of the prompt per instance; null when nothing is known.</param>
/// <param name="NowMs">The moment of the decision by the scheduler's clock, milliseconds: the Unix time of its start plus the monotonic time since.</param>
/// <param name="DeferredMs">Time since the request's first deferral, milliseconds; 0 when it is not deferred.</param>
public readonly record struct RequestFacts(int PromptTokens, PrefixHits? PrefixHits = null, double NowMs = 0, double DeferredMs = 0);
