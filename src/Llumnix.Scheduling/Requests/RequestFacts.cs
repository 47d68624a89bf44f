using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Scheduling.Requests;

/// <summary>What a decision knows of its request.</summary>
/// <param name="PromptTokens">Prompt length in tokens, not negative.</param>
/// <param name="PrefixHits">How much of the prompt each instance holds; null when nothing is known.</param>
/// <param name="NowMs">The moment of the decision by the scheduler's clock, milliseconds: the Unix time of its start and the monotonic time since.</param>
/// <param name="DeferredMs">Time since the request was deferred first, milliseconds; 0 when it is not deferred.</param>
public readonly record struct RequestFacts(int PromptTokens, PrefixHits? PrefixHits = null, double NowMs = 0, double DeferredMs = 0);
